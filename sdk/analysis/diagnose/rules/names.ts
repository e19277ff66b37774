// Names of settings that a client or a broker does not know, and the name that was probably meant.

import type { Client, Facts } from "../facts.ts";
import { editDistance } from "../../../model/edit-distance.ts";
import type { Problem } from "../finding.ts";
import { JAVA_COMMON, JAVA_CONSUMER, JAVA_PRODUCER } from "../known/java-names.ts";
import type { Settings } from "../setting.ts";
import { onePerPlace } from "./words.ts";

/** Every setting of Kafka's Java clients. */
export const JAVA: ReadonlySet<string> = new Set([...JAVA_COMMON, ...JAVA_PRODUCER, ...JAVA_CONSUMER]);

export function clientsOf(facts: Facts, kind: Client["kind"], role?: Client["role"]): readonly Client[] {
  return facts.clients.filter(
    (client) => client.kind === kind && (role === undefined || client.role === role),
  );
}

/** The name that differs in at most two letters (in short names: one), or null. */
export function nearest(name: string, names: ReadonlySet<string>): string | null {
  // of short names only what can be nothing else
  if (name.length < 6) return name === "ack" && names.has("acks") ? "acks" : null;
  const far = name.length < 12 ? 1 : 2;
  const found = [...names].filter(
    (known) => Math.abs(known.length - name.length) <= far && editDistance(known, name) <= far,
  );
  return found.length === 0 ? null : found.sort((a, b) => editDistance(a, name) - editDistance(b, name))[0]!;
}

/** Problems without repetitions: a producer and a consumer of one file have the same. */
export function onceAFile(problems: readonly Problem[]): Problem[] {
  const firsts = onePerPlace(problems.map(({ settings }) => settings[0]!));
  return firsts.map((first) => problems.find(({ settings }) => settings[0] === first)!);
}

/**
 * Whether the file sets a name that another in it may have been meant for: then nothing keeps its
 * default.
 */
export function isSetRightly({ given }: Settings, name: string): boolean {
  return given.get(name)?.origin === "file";
}
