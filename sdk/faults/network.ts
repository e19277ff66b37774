// What the kinds of network faults have in common: whose traffic, in which direction.

import type { Broker } from "../model/broker.ts";
import type { FaultSpec } from "../model/fault.ts";
import { printable } from "../model/printable.ts";
import type { Target } from "../model/target.ts";
import { type Direction, type NetFault, type Path, type Scope, toPercent } from "../model/traffic.ts";
import type { FaultDefinition, FaultOption } from "./definition.ts";

/** Fields of every fault of a broker's network. */
export interface NetworkSpec extends FaultSpec {
  readonly target: Target;
  /** Whose traffic. @default "all" */
  readonly path?: Path;
  /** Which way, as the broker sees it. @default "out"; "both" for isolate */
  readonly direction?: Direction;
}

export const PATHS: readonly Path[] = ["all", "clients", "peers", "controllers"];
export const DIRECTIONS: readonly Direction[] = ["out", "in", "both"];

export const SCOPE: Readonly<Record<"path" | "direction", FaultOption>> = {
  path: { type: PATHS, about: "whose traffic", default: "all" },
  direction: { type: DIRECTIONS, about: "which way, as the broker sees it (isolate: both)", default: "out" },
};

/**
 * The fault's path and direction.
 *
 * @throws TypeError for a word that is none of theirs
 */
export function scopeOf(spec: FaultSpec, usual: Direction = "out"): Pick<Scope, "path" | "direction"> {
  return {
    path: wordOf(spec, "path", PATHS, "all"),
    direction: wordOf(spec, "direction", DIRECTIONS, usual),
  };
}

/** @throws TypeError for another word */
export function wordOf<Word extends string>(
  spec: FaultSpec,
  option: string,
  words: readonly Word[],
  usual: Word,
): Word {
  const given = spec[option] ?? usual;
  const word = words.find((one) => one === given);
  if (word !== undefined) return word;
  const known = words.map((one) => JSON.stringify(one));
  throw new TypeError(
    `Cannot ${spec.kind} the ${option} ${printable(JSON.stringify(given) ?? String(given))}: ` +
      `expected ${known.slice(0, -1).join(", ")} or ${known.at(-1)}`,
  );
}

interface NetworkKind {
  kind: string;
  about: string;
  noun: string;
  options?: Readonly<Record<string, FaultOption>>;
  isPredictable: boolean;
  /** What is wrong with one broker's network. */
  on(spec: FaultSpec): (broker: Broker) => NetFault;
}

/** A kind whose effect is on the networks of its targets. */
export function networkFault({ on, options = {}, ...kind }: NetworkKind): FaultDefinition {
  return {
    ...kind,
    healed: "healed",
    options: { ...options, ...SCOPE },
    network: (spec, targets) => targets.map(on(spec)),
  };
}

/** A kind that hits a percentage of packets. */
export function percentFault<Kind extends "lose" | "duplicate" | "corrupt" | "reorder">(
  kind: Kind,
  { about, noun, isPredictable }: Pick<NetworkKind, "about" | "noun" | "isPredictable">,
): FaultDefinition {
  return networkFault({
    kind,
    about,
    noun,
    isPredictable,
    options: { percent: { type: "percent", about: "of packets", isRequired: true, default: 10 } },
    on: (spec) => {
      const percent = toPercent(spec["percent"] as number, kind);
      const scope = scopeOf(spec);
      return (broker) => ({ kind, percent, broker, ...scope });
    },
  });
}
