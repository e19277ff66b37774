// Kafka's command line tools on this machine, for clients in Java: the same jars as the local engine's
// brokers, and the one with the tools.

import { delimiter } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { OwnProgram, Tools } from "../../client/java/mod.ts";
import { recordOf } from "../../runtime/claims.ts";
import type { Engine } from "../../engine/engine.ts";
import {
  brokerFlags,
  cacheFolder,
  classDataArchive,
  findJava,
  type Java,
  memberClasses,
  type SuppliedKafka,
  supplyKafka,
} from "../../engine/local/supply/mod.ts";
import { LabError } from "../../model/errors.ts";
import { markOf } from "../../runtime/guardian/processes.mjs";
import { recorded } from "../../runtime/guardian/records.mjs";
import type { OnProgress } from "../../runtime/progress.ts";

export interface FindOptions {
  /** The lab that the processes are recorded for, and end with. */
  lab: string;
  engine: Pick<Engine, "kind" | "kafka">;
  onProgress: OnProgress;
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
  let member: Promise<OwnProgram | undefined> | undefined;
  const isOld = kafka.logging === "log4j1"; // ConsoleProducer moved to the tools with 4.0
  return {
    kafka: kafka.version,
    memberProgram: () => (member ??= memberProgram(lab, { java, kafka, onNote })),
    command: (tool, args, service) =>
      recorded({ ...record, kind: "client", service }, [
        java.path,
        ...flags,
        markOf({ ...record, service }),
        "-cp",
        ...(typeof tool === "string"
          ? [classPath, `${isOld && tool === "ConsoleProducer" ? "kafka" : "org.apache.kafka"}.tools.${tool}`]
          : [`${classPath}${delimiter}${tool.classes}`, tool.main]),
        ...args,
      ]),
  };
}

async function memberProgram(
  lab: string,
  { java, kafka, onNote }: { java: Java; kafka: SuppliedKafka; onNote(text: string): void },
): Promise<OwnProgram | undefined> {
  const record = { ...recordOf(lab, false), kind: "tool", service: "compiler" } as const;
  const cache = cacheFolder(process.env);
  const classes = await memberClasses({ java, kafka, cache, marker: markOf(record), record });
  if (classes.path !== undefined)
    return { name: "the lab's member", main: "lab.Member", classes: classes.path };
  onNote(`members in Java are Kafka's VerifiableConsumer: ${classes.reason}`);
  return undefined;
}
