// The lab's own program in Java, a member of a consumer group, compiled once per Java, Kafka and source.
//
//   sdk/client/member/java/*.java ──javac, which Java itself brings──▶ <cache>/members/<key>/lab/*.class

import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import type { ProcessRecord } from "../../../runtime/guardian/records.mjs";
import type { Java } from "./java.ts";
import { compile, type MadeByJava, madeOnce, sourcesOf } from "./javac.ts";
import type { SuppliedKafka } from "./supply.ts";

/** A folder of classes, for a class path, or why there is none. */
export type MemberClasses = MadeByJava;

/** What the program is compiled with. */
export interface MemberClassesOptions {
  java: Java;
  kafka: SuppliedKafka;
  /** The cache's folder. */
  cache: string;
  /** An argument that names the compiler's process in the process table. */
  marker: string;
  /** What is recorded of the compiler's process. @default nothing */
  record?: ProcessRecord;
  signal?: AbortSignal;
}

const SOURCES = fileURLToPath(new URL("../../../client/member/java", import.meta.url));

/**
 * Returns the compiled program, compiling it where the cache lacks it.
 *
 * @throws LabError `UNSAFE_FOLDER`; the signal's reason
 */
export async function memberClasses(options: MemberClassesOptions): Promise<MemberClasses> {
  const { java, kafka, cache } = options;
  const sources = await sourcesOf(SOURCES);
  const key = keyOf(java, kafka, sources);
  return await madeOnce(cache, ["members", key], options, (into) =>
    compile(options, { sources: [...sources.keys()], classPath: kafka.classPath, into }),
  );
}

function keyOf(java: Java, kafka: SuppliedKafka, sources: ReadonlyMap<string, string>): string {
  const hash = createHash("sha256")
    .update(JSON.stringify([java.version, java.vendor, kafka.version, [...sources.values()]]))
    .digest("hex");
  return `kafka-${kafka.version}-java-${java.major}-${hash.slice(0, 12)}`;
}
