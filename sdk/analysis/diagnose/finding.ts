// The findings of a diagnosis, and the rules that make them.

import type { Facts } from "./facts.ts";
import type { Fix, FixEdit } from "./fix.ts";
import type { Setting } from "./setting.ts";

/**
 * `error`: it does not work, or fails with one broker down; `warning`: it fails under some fault; `note`: for
 * information.
 */
export type Severity = "error" | "warning" | "note";

/** Most severe first. */
export const SEVERITIES: readonly Severity[] = ["error", "warning", "note"];

/** A setting that a finding is based on, and its location, or where it would be written. */
export interface Evidence {
  readonly file: string;
  /** Counts from 1. */
  readonly line: number;
  /** Counts from 1. */
  readonly column: number;
  /** As written in the file. */
  readonly key: string;
  readonly value: string;
  /**
   * `file`: written there; `image`: the image's own; `operator`: what a Kubernetes operator makes of the
   * file; `default`: not set, the program's default.
   */
  readonly origin: Setting["origin"];
  /** The Kubernetes resource that it is in: `StatefulSet kafka`. @default no manifest */
  readonly document?: string;
}

/** A misconfiguration. */
export interface Finding {
  /** Stable, kebab-case. */
  readonly rule: string;
  readonly severity: Severity;
  readonly title: string;
  /** At least one; the first is where the fix goes. */
  readonly evidence: readonly Evidence[];
  /** What happens, and under which fault, with the values of this configuration. */
  readonly happens: string;
  /** The setting that fixes it. */
  readonly fix: string;
  /**
   * The changes of files that make the fix. None if only a reader can: it needs a decision, or is in a source
   * file.
   */
  readonly edits: readonly FixEdit[];
  /** The KIP, documented property or source file. */
  readonly source: string;
}

/** A misconfiguration that a rule found. */
export interface Problem {
  /** The settings that it is based on; the first is where the fix goes. */
  readonly settings: readonly Setting[];
  readonly happens: string;
  /** What fixes it; a text alone is a fix that only a reader can make. */
  readonly fix: string | Fix;
  /**
   * The node or service whose setting it is: the same problem of several nodes is one finding.
   *
   * @default of all
   */
  readonly node?: string;
  /** @default the rule's */
  readonly severity?: Severity;
}

/** One kind of misconfiguration. `check` is pure and returns an empty list if it finds none. */
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
