// What a service tells Java itself. kafka-run-class.sh takes each variable split at spaces, quotes and all:
//
//   java $KAFKA_HEAP_OPTS $KAFKA_JVM_PERFORMANCE_OPTS … $KAFKA_OPTS kafka.Kafka server.properties
//        in place of 1 GB  in place of its collector    on top

import type { ComposeService } from "./project.ts";

/** The flags that a broker's Java takes outside the image as well; null is whatever whoever starts it takes. */
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
  readonly variable: (typeof VARIABLES)[number];
  /** Without its value, which may be a secret. */
  readonly flag: string;
  readonly why: string;
  /** Whether the broker is another one without it. */
  readonly matters: boolean;
}

const VARIABLES = ["KAFKA_HEAP_OPTS", "KAFKA_JVM_PERFORMANCE_OPTS", "KAFKA_OPTS"] as const;

/** The flags of a service's variables that mean the same without the image. */
export function javaFlags({ environment }: Pick<ComposeService, "environment">): JavaFlags {
  const [heap, performance, more] = VARIABLES.map((name) =>
    flagsIn(environment[name])?.filter((flag) => unfit(flag) === undefined),
  );
  return { heap: heap ?? null, performance: performance ?? null, more: more ?? [] };
}

/** The flags that {@link javaFlags} leaves out, and why. */
export function leftOutFlags({ environment }: Pick<ComposeService, "environment">): readonly LeftOut[] {
  return VARIABLES.flatMap((variable) =>
    (flagsIn(environment[variable]) ?? []).flatMap((flag): LeftOut[] => {
      const found = unfit(flag);
      // how a broker is collected and compiled is no part of how it fails, and the files named there are logs
      return found === undefined
        ? []
        : [
            {
              variable,
              flag: flag.split("=", 1)[0]!,
              why: found.why,
              matters: found.matters && variable !== "KAFKA_JVM_PERFORMANCE_OPTS",
            },
          ];
    }),
  );
}

function flagsIn(text: string | undefined): string[] | undefined {
  const flags = (text ?? "").split(/\s+/).filter((flag) => flag !== "");
  return flags.length === 0 ? undefined : flags;
}

function unfit(flag: string): Omit<LeftOut, "variable" | "flag"> | undefined {
  if (flag.includes("/")) return { why: "it names a file of the container", matters: true };
  if (!/^-(server$|D|X(?!run))/.test(flag))
    return { why: "only flags that begin with -D or -X are passed on", matters: true };
  if (flag.startsWith("-Dcom.sun.management."))
    return { why: "all brokers would open the same port of this machine", matters: false };
  if (/^-Dlog4j2?\.configuration/.test(flag)) return { why: "log levels are the lab's", matters: false };
  return undefined;
}
