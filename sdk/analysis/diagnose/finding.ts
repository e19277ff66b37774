// What a diagnosis hands back, and what a rule is.

import type { Facts } from "./facts.ts";
import type { Setting } from "./setting.ts";

/**
 * `error`: it does not work, or one lost broker stops it; `warning`: it bites in some fault; `note`: worth
 * knowing.
 */
export type Severity = "error" | "warning" | "note";

/** From the worst to the mildest. */
export const SEVERITIES: readonly Severity[] = ["error", "warning", "note"];

/** One setting that a finding rests on, and where it stands or would stand. */
export interface Evidence {
  readonly file: string;
  /** Counts from 1. */
  readonly line: number;
  /** Counts from 1. */
  readonly column: number;
  /** As the file spells it, or would. */
  readonly key: string;
  readonly value: string;
  /** `file`: written there; `image`: the image's own; `default`: not set, so the program's default counts. */
  readonly origin: Setting["origin"];
}

/** Something in a configuration that will bite. */
export interface Finding {
  /** Stable, kebab-case. */
  readonly rule: string;
  readonly severity: Severity;
  readonly title: string;
  /** At least one; the first is where the fix goes. */
  readonly evidence: readonly Evidence[];
  /** What will happen, and in which fault, with the numbers of this configuration. */
  readonly happens: string;
  /** The setting that mends it. */
  readonly fix: string;
  /** A KIP, a documented property, or the source file that says so. */
  readonly source: string;
}

/** What a rule found wrong. */
export interface Problem {
  /** The settings it rests on; the first is where the fix goes. */
  readonly settings: readonly Setting[];
  readonly happens: string;
  readonly fix: string;
  /** @default the rule's */
  readonly severity?: Severity;
}

/** One thing that can be wrong. `check` is pure and returns nothing where it is not. */
export interface Rule {
  /** Its id, in kebab-case: `acks-leader-only`. */
  readonly id: string;
  /** How severe a finding is. */
  readonly severity: Severity;
  /** The misconfiguration in one line. */
  readonly title: string;
  /** Where the behaviour comes from: a KIP, a property, a source file. */
  readonly source: string;
  /** Returns one entry per misconfiguration, none if there is none. Pure. */
  check(facts: Facts): readonly Problem[];
}
