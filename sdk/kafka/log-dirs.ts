// A broker's log directories as its settings have them (AbstractKafkaConfig.logDirs, metadataLogDir).

import path from "node:path";

type Settings = Readonly<Record<string, string | undefined>>;

/** Reads `log.dirs`, or `log.dir`; undefined where neither is set. */
export function logDirsIn(settings: Settings): string[] | undefined {
  return (settings["log.dirs"] ?? settings["log.dir"])?.split(",").map((dir) => dir.trim());
}

/** Which of them has the metadata log, from 1: `metadata.log.dir`, or the first; 0 where it is none. */
export function metadataLogDir(settings: Settings): number {
  const own = settings["metadata.log.dir"];
  if (own === undefined) return 1;
  return (logDirsIn(settings) ?? []).findIndex((dir) => normalDir(dir) === normalDir(own.trim())) + 1;
}

/** A path as Kafka answers it: without `//` and a slash at its end. */
export function normalDir(dir: string): string {
  return path.posix.normalize(dir).replace(/(.)\/$/, "$1");
}
