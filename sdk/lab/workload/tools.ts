// Kafka's command line tools on this machine, for clients in Java: the same jars as the local engine's
// brokers, and the one with the tools.

import { delimiter } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { Tools } from "../../client/java/mod.ts";
import { recordOf } from "../../runtime/claims.ts";
import type { Engine } from "../../engine/engine.ts";
import {
  brokerFlags,
  cacheFolder,
  classDataArchive,
  findJava,
  supplyKafka,
} from "../../engine/local/supply/mod.ts";
import { LabError } from "../../model/errors.ts";
import { markOf } from "../../runtime/guardian/processes.mjs";
import { recorded } from "../../runtime/guardian/records.mjs";

export interface FindOptions {
  /** The lab that the processes are recorded for, and end with. */
  lab: string;
  engine: Pick<Engine, "kind" | "kafka">;
  onProgress(line: string): void;
  /** Hears in what the tools differ from the brokers. */
  onNote(text: string): void;
}

/**
 * Returns a function that finds the tools, once; what failed is tried again at the next call.
 *
 * They have the brokers' version where the lab brings it, else that of its line, and that is said. It rejects
 * with UNSUPPORTED where the docker engine runs on a machine without Java, and with what `supplyKafka` says
 * where the jars cannot be had.
 */
export function findTools(options: FindOptions): () => Promise<Tools> {
  let found: Promise<Tools> | undefined;
  return () =>
    (found ??= find(options).catch((error: unknown) => {
      found = undefined;
      throw error;
    }));
}

async function find({ lab, engine, onProgress, onNote }: FindOptions): Promise<Tools> {
  const { env } = process;
  const java = await findJava({ env }).catch((cause: unknown) => {
    if (engine.kind === "local") throw cause;
    throw new LabError(
      "UNSUPPORTED",
      "Cannot run a client in Java: with the docker engine it runs on this machine, which has no Java " +
        "that fits",
      { cause, hint: (cause as Error).message },
    );
  });
  const kafka = await supplyKafka({ version: engine.kafka, env, onProgress });
  const record = recordOf(lab, false);
  const training = { ...record, kind: "tool", service: "training" } as const;
  // the brokers' archive holds most of what a client needs; where no broker runs here it is not worth its
  // making
  const archive =
    engine.kind === "local"
      ? (
          await classDataArchive({
            java,
            kafka,
            cache: cacheFolder(env),
            marker: markOf(training),
            record: training,
            onProgress,
          })
        ).path
      : undefined;
  const logConfig = fileURLToPath(
    new URL(
      `../../client/java/client-${kafka.logging === "log4j1" ? "log4j" : "log4j2"}.properties`,
      import.meta.url,
    ),
  );
  const flags = [
    ...brokerFlags({ archive, logging: kafka.logging, logConfig, heap: ["-Xms16m", "-Xmx256m"] }),
    "-Duser.timezone=UTC",
  ];
  const classPath = [...kafka.classPath, ...kafka.tools].join(delimiter);
  if (kafka.version !== engine.kafka)
    onNote(`clients in Java are Kafka ${kafka.version}, the brokers ${engine.kafka}`);
  const isOld = kafka.logging === "log4j1"; // ConsoleProducer moved to the tools with 4.0
  return {
    kafka: kafka.version,
    command: (tool, args, service) =>
      recorded({ ...record, kind: "client", service }, [
        java.path,
        ...flags,
        markOf({ ...record, service }),
        "-cp",
        classPath,
        `${isOld && tool === "ConsoleProducer" ? "kafka" : "org.apache.kafka"}.tools.${tool}`,
        ...args,
      ]),
  };
}
