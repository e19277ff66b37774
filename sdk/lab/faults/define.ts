// Kinds of faults that a program adds: their options, words and effect go where the lab's own are, and the
// code that injects them is kept here.
//
//   defineFault ─┬─▶ faults/kinds       options, words, effect: predict, explain, tables
//                └─▶ drivers            apply, undo, verify: lab.inject

import type { Action, Engine, Node } from "../../engine/engine.ts";
import { addKind, BUILT_IN, type FaultDefinition, type LastingOptions, specOf } from "../../faults/mod.ts";
import type { Duration } from "../../model/duration.ts";
import { printable } from "../../model/printable.ts";
import type { FaultSpec } from "../../model/fault.ts";
import type { Broker, Observation } from "../../model/history.ts";
import type { Target } from "../../model/target.ts";

/**
 * What the functions of a defined fault are given: one of its targets, and the ways to it. All calls for one
 * target of one injection get the same object, so it can be the key of what `undo` has to restore.
 */
export interface FaultContext<Options extends object = Record<string, unknown>> {
  /** The fault's options, with defaults where none were given. */
  readonly options: Options;
  readonly broker: Broker;
  /** Its service, node id, roles, addresses and properties. */
  readonly node: Node;
  /** The process's id on this machine; undefined where the process does not run or is not known here. */
  readonly pid: number | undefined;
  /** Starts, stops and freezes processes, on this machine or in containers. */
  readonly engine: Engine;
  /** Addresses for any client, for instance a kafkajs admin client. */
  readonly bootstrap: readonly string[];
  /** Aborted where the injection is given up. Undoing is not given up. */
  readonly signal: AbortSignal | undefined;
  /**
   * Measures one request of a client to the broker (ApiVersions), in milliseconds; null where there was no
   * answer within `timeout`.
   */
  roundTrip(timeout: Duration): Promise<number | null>;
}

/**
 * How something was done. With text it took effect when the function returned; an engine knows better, since
 * the docker command returns some 100 ms after a container stands still or goes on.
 */
type Done = string | Action;

/** A kind of fault that a program adds. */
export interface FaultParts<Options extends object = Record<string, unknown>>
  extends Pick<FaultDefinition, "process">,
    Partial<Pick<FaultDefinition, "about" | "noun" | "options" | "network">> {
  /** Its name: lower-case letters, digits and `-`, and none of the lab's own. */
  readonly kind: string;
  /** How long it lasts by itself: the lab undoes it then. @default until it is healed */
  lasts?(options: Options): Duration | undefined;
  /** Throws where it cannot be injected now. Called for each target before anything is changed. */
  check?(context: FaultContext<Options>): void | Promise<void>;
  /**
   * Injects it on one broker and returns how: `SIGSTOP`, or what a function of the engine returned. What it
   * throws rolls the fault back.
   */
  apply(context: FaultContext<Options>): Done | Promise<Done>;
  /** Undoes it on one broker and returns how. Called at most once after each `apply` that was called. */
  undo(context: FaultContext<Options>): Done | Promise<Done>;
  /**
   * Measures whether it acts, or after its undoing that it has gone. An observation that does not hold rolls
   * the fault back (NOT_EFFECTIVE), or fails the healing (NOT_HEALED).
   */
  verify?(context: FaultContext<Options>, phase: "applied" | "undone"): Promise<readonly Observation[]>;
}

/** Makes values of a kind that a program added; nothing happens before `lab.inject` is given one. */
export type FaultFactory<Options extends object = Record<string, unknown>> = (
  target: Target,
  options?: Options & LastingOptions,
) => FaultSpec;

const drivers = new Map<string, FaultParts>();

/** The functions of a kind that a program added. */
export function driverOf(kind: string): FaultParts | undefined {
  return drivers.get(kind);
}

/**
 * Adds a kind of fault. The result makes its values, as `faults.kill` does for the lab's own: `lab.inject`
 * injects and undoes them, `lab.predict` derives predictions from `process` and `network`, and history,
 * explanation and timeline show them under the kind's own name.
 *
 * A kind that is defined again replaces the one before, so that a notebook's cell can be run twice.
 *
 * @throws RangeError for a name that is one of the lab's own; TypeError for another that cannot be
 */
export function defineFault<Options extends object = Record<string, unknown>>(
  parts: FaultParts<Options>,
): FaultFactory<Options> {
  const { kind, about = kind, noun = kind, options = {}, process, network } = parts;
  if (typeof kind !== "string" || !/^[a-z][a-z0-9-]{0,40}$/.test(kind))
    throw new TypeError(
      `Cannot define the fault ${printable(JSON.stringify(kind) ?? "undefined")}: ` +
        "expected a name of lower-case letters, digits and -, a letter first, at most 41",
    );
  if (Object.hasOwn(BUILT_IN, kind))
    throw new RangeError(`Cannot define the fault ${kind}: the lab has one of that name`);
  addKind({
    kind,
    about,
    noun,
    healed: "healed",
    options,
    isPredictable: process !== undefined || network !== undefined,
    ...(process && { process }),
    ...(network && { network }),
    ...(parts.lasts && { lasts: (spec) => parts.lasts!(optionsOf(spec, options) as Options) }),
  });
  drivers.set(kind, parts as unknown as FaultParts);
  return (target, given) => specOf({ kind, target, ...given });
}

/** The options of a fault's kind, with defaults where none were given. */
export function optionsOf(spec: FaultSpec, options: FaultDefinition["options"]): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options).map(([name, option]) => [name, spec[name] ?? option.default]),
  );
}
