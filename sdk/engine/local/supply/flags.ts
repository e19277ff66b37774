// The command line of a broker's Java: small, quick to start, and nothing that changes how Kafka fails.

import { fileURLToPath } from "node:url";
import type { Logging } from "./version.ts";

/** What a broker's Java is started with. */
export interface FlagOptions {
  /** The class-data archive; without one the classes are loaded from the jars, 0.8 s slower. */
  archive?: string | undefined;
  logging: Logging;
  /** The logging configuration. @default the lab's own, which writes to the standard output */
  logConfig?: string;
  /** Flags that size the heap. @default 64 to 256 MB */
  heap?: readonly string[] | undefined;
  /** Flags of collector and compiler. @default those that start soonest */
  performance?: readonly string[] | undefined;
  /** Further flags. */
  more?: readonly string[];
}

/** Lists the options for `java`, to be followed by `-cp CLASSPATH kafka.Kafka server.properties`. */
export function brokerFlags(options: FlagOptions): string[] {
  const { archive, logging, heap = ["-Xms64m", "-Xmx256m"], more = [] } = options;
  const given = [...heap, ...more].join(" ");
  return [
    // an archive does not depend on the flags of a file; Java goes without one that it cannot use with them
    ...(archive === undefined
      ? []
      : ["-Xshare:auto", `-XX:SharedArchiveFile=${archive}`, "-Xlog:disable", "-Xlog:all=error:stderr"]),
    ...heap,
    ...(options.performance ?? QUICK.filter((flag) => !clashes(flag, given))),
    "-Djava.awt.headless=true",
    ...more,
    ...loggingFlags(logging, options.logConfig ?? logConfig(logging)),
  ];
}

const QUICK: readonly string[] = [
  "-XX:+UseSerialGC",
  "-XX:TieredStopAtLevel=1",
  "-XX:-UsePerfData",
  "-XX:CICompilerCount=1",
];

/** Java refuses two collectors, and one compiler thread where all its compilers are to work. */
function clashes(flag: string, given: string): boolean {
  return flag.includes("GC")
    ? /-XX:\+Use\w+GC/.test(given)
    : /Compil|Tiered/.test(flag) && /Compil|Tiered/.test(given);
}

/** Lists the options that point Kafka's logging library at a configuration. */
export function loggingFlags(logging: Logging, config: string): string[] {
  switch (logging) {
    case "log4j1":
      return [`-Dlog4j.configuration=file:${config}`];
    case "log4j2":
      return [`-Dlog4j2.configurationFile=${config}`];
  }
}

/** Where the lab's logging configuration for brokers lies: everything from INFO up to the standard output. */
export function logConfig(logging: Logging): string {
  return fileURLToPath(
    new URL(logging === "log4j1" ? "log4j.properties" : "log4j2.properties", import.meta.url),
  );
}
