// What lies in the log directory that a fault is in: a broker says which replicas (DescribeLogDirs), its
// settings say whether the metadata log does.

import type { KnownDirectory } from "../../analysis/predict/mod.ts";
import { openWires } from "../../kafka/connection.ts";
import { logDirsIn, metadataLogDir, normalDir } from "../../kafka/mod.ts";
import {
  type ConfigsAnswer,
  decodeLogDirs,
  DESCRIBE_LOG_DIRS,
  type LogDirAnswer,
} from "../../kafka/protocol/mod.ts";
import { LabError } from "../../model/errors.ts";
import type { ResolvedFault } from "../../model/fault.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Security } from "../../model/security.ts";

const PATIENCE_MS = 5_000;

/**
 * Asks each target of a fault of one log directory what lies in it; undefined for every other fault.
 *
 * @throws LabError UNSUPPORTED for a broker that has no directory of that number, or does not say what lies
 *   in it
 */
export async function faultyDirectories(
  { engine, security }: { engine: Pick<Engine, "nodes">; security?: Security | undefined },
  { disk, targets }: ResolvedFault,
): Promise<readonly KnownDirectory[] | undefined> {
  const logDir = disk?.logDir;
  if (logDir === undefined) return undefined;
  const wires = openWires(security);
  try {
    return await Promise.all(
      targets
        .map((target) => {
          const node = engine.nodes.find(({ broker }) => broker === target);
          if (!node?.client) throw unknownDirectory(`broker ${target}`, logDir, {});
          return { ...node, broker: target, client: node.client };
        })
        .map(async ({ broker, nodeId, client, service }): Promise<KnownDirectory> => {
          const wire = wires.to(client);
          const found = await Promise.all([
            wire.configs(nodeId, PATIENCE_MS),
            wire.send(DESCRIBE_LOG_DIRS, PATIENCE_MS).then(decodeLogDirs),
          ]).catch((cause: unknown) => {
            throw unknownDirectory(service, logDir, { cause });
          });
          const [{ values }, answers] = found;
          const known = contentOf(values, answers, logDir);
          if (known === undefined) throw unknownDirectory(service, logDir, {});
          return { broker, ...known };
        }),
    );
  } finally {
    wires.close();
  }
}

/** What lies in a directory; undefined where the broker has none of that number, or has it offline. */
export function contentOf(
  values: ConfigsAnswer["values"],
  answers: readonly LogDirAnswer[],
  logDir: number,
): Omit<KnownDirectory, "broker"> | undefined {
  const dir = logDirsIn(values)?.[logDir - 1];
  const answer = answers.find((one) => dir !== undefined && normalDir(one.path) === normalDir(dir));
  if (answer === undefined || answer.errorCode !== 0) return undefined;
  return { hasMetadataLog: metadataLogDir(values) === logDir, replicas: answer.replicas };
}

function unknownDirectory(service: string, logDir: number, more: { cause?: unknown }): LabError {
  return new LabError(
    "UNSUPPORTED",
    `Cannot predict a fault of the log directory ${logDir} of ${service}: what lies in it is not known`,
    {
      ...more,
      hint:
        "Check that the broker runs, that its log.dirs has a directory of that number, which is not " +
        "offline, and that its ACLs let the lab describe the cluster.",
    },
  );
}
