// A service's flags for Java itself. kafka-run-class.sh takes each variable split at spaces, quotes and all:
//
//   java $KAFKA_HEAP_OPTS $KAFKA_JVM_PERFORMANCE_OPTS … $KAFKA_OPTS kafka.Kafka server.properties
//        in place of 1 GB  in place of its collector    on top
//
// Java takes three more variables from its environment: JAVA_TOOL_OPTIONS, JDK_JAVA_OPTIONS and
// _JAVA_OPTIONS. None of them reaches Java here, and what java-flags.ts does not allow is refused in them,
// too.

import { isAllowedFlag } from "./java-flags.ts";
import type { ComposeService } from "./project.ts";

/**
 * The flags that a broker's Java takes outside the image as well; null is the engine's default.
 */
export interface JavaFlags {
  /** KAFKA_HEAP_OPTS */
  readonly heap: readonly string[] | null;
  /** KAFKA_JVM_PERFORMANCE_OPTS: collector and compiler. */
  readonly performance: readonly string[] | null;
  /** KAFKA_OPTS */
  readonly more: readonly string[];
}

/** A flag that is not among them. */
export interface LeftOut {
  readonly variable: (typeof PASSED_ON)[number] | (typeof JAVAS_OWN)[number];
  /** Without its value, which may be a secret. */
  readonly flag: string;
  readonly why: string;
  /** Whether the broker is another one without it. */
  readonly matters: boolean;
}

const PASSED_ON = ["KAFKA_HEAP_OPTS", "KAFKA_JVM_PERFORMANCE_OPTS", "KAFKA_OPTS"] as const;
const JAVAS_OWN = ["JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"] as const;

/** The flags of a service's variables that mean the same without the image. */
export function javaFlags({ environment }: Pick<ComposeService, "environment">): JavaFlags {
  const [heap, performance, more] = PASSED_ON.map((name) =>
    flagsIn(environment[name])?.filter((flag) => isAllowedFlag(flag)),
  );
  return { heap: heap ?? null, performance: performance ?? null, more: more ?? [] };
}

/** The flags that are not allowed, and why: {@link javaFlags} leaves them out. */
export function leftOutFlags({ environment }: Pick<ComposeService, "environment">): readonly LeftOut[] {
  return [...PASSED_ON, ...JAVAS_OWN].flatMap((variable) =>
    (flagsIn(environment[variable]) ?? [])
      .filter((flag) => !isAllowedFlag(flag))
      .map((flag): LeftOut => ({ variable, flag: shown(flag), ...reason(flag, variable) })),
  );
}

function flagsIn(text: string | undefined): string[] | undefined {
  const flags = (text ?? "").split(/\s+/).filter((flag) => flag !== "");
  return flags.length === 0 ? undefined : flags;
}

const SHOWN = 100;

function shown(flag: string): string {
  const name = flag.split("=", 1)[0]!;
  return name.length > SHOWN ? `${name.slice(0, SHOWN)}…` : name;
}

function reason(flag: string, variable: LeftOut["variable"]): Pick<LeftOut, "why" | "matters"> {
  if (flag.startsWith("-Dcom.sun.management."))
    return { why: "all brokers would open the same port of this machine", matters: false };
  if (/^-Dlog4j2?\.configuration/.test(flag) && !flag.includes("/"))
    return { why: "log levels are the lab's", matters: false };
  if (/^-Duser\.(timezone|language|country|region|variant)=/.test(flag))
    return { why: "logs have this machine's time and language", matters: false };
  if (flag === "-XX:+HeapDumpOnOutOfMemoryError") return { why: "no dump would be kept", matters: false };
  // the files that tuning names are logs and dumps, which are no part of how a broker fails
  const matters = variable !== "KAFKA_JVM_PERFORMANCE_OPTS" || !LOGS.test(flag);
  if (flag.includes("/")) return { why: "it names a file of the container", matters };
  if (!matters) return { why: "Java's logs are the lab's", matters };
  return {
    why: "it is none of the heap's, the collectors' and the compilers' flags that are passed on",
    matters,
  };
}

const LOGS =
  /^-(Xlog|Xloggc|verbose):|^-XX:(HeapDumpPath|ErrorFile)=|^-XX:[+-](Print\w+|UseGCLogFileRotation)$/;
