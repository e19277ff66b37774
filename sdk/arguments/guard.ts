// Puts the check of its arguments before a function, and before every verb of what a lab hands out.
//
//   caller ──▶ guard ── wrong: TypeError or RangeError, and nothing has happened
//                └───── right ──▶ the real, the recorded or the replayed verb ──▶ handle ──▶ guard

import type { Lab, LabRun } from "../lab/lab.ts";
import type { ProbeFactory } from "../lab/workload/probe-factory.ts";
import { asValue, type PredictOptions } from "../lab/verbs/predict.ts";
import type { FaultSpec } from "../model/fault.ts";
import type { RecordedRun } from "../recording/mod.ts";
import * as surface from "../recording/surface.ts";
import { checked, type Parameter, type ParametersOf } from "./checked.ts";
import { trust } from "./results.ts";
import * as takes from "./verbs.ts";

type Verb = (...args: unknown[]) => unknown;
type Row = readonly Parameter<unknown>[];

/** The functions that check their arguments, each with what it takes: a test holds the face to it. */
const guards = new WeakMap<object, readonly Row[]>();

/** Whether a function checks its arguments before anything else. */
export function isGuarded(verb: object): boolean {
  return guards.has(verb);
}

/** What a function takes, in each of its forms; none for a function that checks nothing. */
export function parametersOf(verb: object): readonly Row[] {
  return guards.get(verb) ?? [];
}

/** How a function tells that its arguments are wrong. */
type Manner = "throws" | "rejects";

/**
 * Returns a function that does as `real` where its arguments are right.
 *
 * @param call the name under which a caller knows it
 */
export function guarded<F extends (...args: never[]) => unknown>(
  call: string,
  real: F,
  parameters: ParametersOf<F>,
  manner: Manner = "throws",
): F {
  return before(call, real as unknown as Verb, parameters as unknown as Row, manner) as unknown as F;
}

function before(call: string, real: Verb, parameters: Row, manner: Manner): Verb {
  const takesNothing = parameters.every(({ isOptional }) => isOptional);
  const from = parameters.filter(({ isReference, results }) => isReference || results.length > 0);
  const run: Verb = (...args) =>
    args.length === 0 && takesNothing ? real() : real(...checked(call, parameters, args));
  const translate = (error: unknown): Error =>
    from.length === 0 ? (error as Error) : inWords(call, from, error);
  const verb: Verb =
    manner === "rejects"
      ? (...args) => asPromise(() => run(...args), from.length === 0 ? undefined : translate)
      : (...args) => {
          try {
            return run(...args);
          } catch (error) {
            throw translate(error);
          }
        };
  guards.set(verb, [parameters]);
  return verb;
}

/** Without `told` the promise is the verb's own: a send is not to wait for one more. */
function asPromise(act: () => unknown, translate?: (error: unknown) => Error): unknown {
  try {
    const doing = act();
    if (translate === undefined) return doing;
    return Promise.resolve(doing).catch((error: unknown) => {
      throw translate(error);
    });
  } catch (error) {
    return Promise.reject(translate?.(error) ?? (error as Error));
  }
}

/** A TypeError of the language itself, from deep inside a result, becomes one that names the argument. */
function inWords(call: string, from: Row, error: unknown): Error {
  const isOwn =
    !(error instanceof Error) || error.name === "LabError" || /^Cannot [^:]*: /.test(error.message);
  if (isOwn || !["TypeError", "RangeError", "SyntaxError"].includes(error.name)) return error as Error;
  const names = from.map(({ name }) => name).join(" or ");
  return new TypeError(`Cannot call ${call}(): a part of ${names} is missing or of another type`, {
    cause: error,
  });
}

/**
 * Returns an object of that surface whose verbs, and those of the handles that they return, check their
 * arguments.
 */
export function guardedSurface<T>(
  members: surface.Surface<T>,
  rows: Readonly<Record<string, Row>>,
  path: string,
  real: object,
): T {
  const behind = real as Readonly<Record<string, unknown>>;
  const made: Record<string | symbol, unknown> = {};
  for (const [name, member] of Object.entries<surface.Member>(members)) {
    if (member === "reading") {
      const get = (): unknown => behind[name];
      Object.defineProperty(made, name, { enumerable: true, configurable: true, get });
    } else if (member !== "fact")
      made[name] = guardedVerb(`${path}.${name}`, behind, name, member, rows[name]!);
    else if (behind[name] !== undefined) made[name] = behind[name];
  }
  if ("heal" in members && "isOpen" in members)
    made[Symbol.asyncDispose] = () => (made["heal"] as () => Promise<void>)();
  return made as T;
}

function guardedVerb(
  call: string,
  behind: Readonly<Record<string, unknown>>,
  name: string,
  member: surface.Member,
  row: Row,
): Verb {
  const real: Verb = (...args) => (behind[name] as Verb)(...args);
  const manner = member.startsWith("promise") ? "rejects" : "throws";
  return before(call, handing(real, member), row, manner);
}

/** By what a verb returns, what the verbs of that take, and its name. */
const HANDED: { readonly [Kind in surface.Member]?: readonly [rows: object, name: string] } = {
  "promise of a fault": [takes.FAULT, "fault"],
  "promise of a watch": [takes.WATCH, "watch"],
  "promise of a group": [takes.GROUP, "group"],
  "promise of a member": [takes.GROUP_MEMBER, "member"],
  member: [takes.GROUP_MEMBER, "member"],
  "promise of a member's fault": [takes.FAULT, "fault"],
  probe: [takes.PROBE, "probe"],
  load: [takes.LOAD, "load"],
};

/** What returns a handle returns a guarded one. */
function handing(real: Verb, member: surface.Member): Verb {
  const members = surface.HANDLES[member];
  const [rows, name] = HANDED[member] ?? [];
  if (members === undefined || rows === undefined) return real;
  const guard = (made: unknown): unknown =>
    guardedSurface(members, rows as Readonly<Record<string, Row>>, name!, made as object);
  return member.startsWith("promise")
    ? async (...args) => guard(await real(...args))
    : (...args) => guard(real(...args));
}

/** A verb of the lab whose handle checks arguments, too. */
function handed<Name extends "inject" | "watch" | "group">(
  lab: Lab,
  name: Name,
  member: surface.Member,
): Lab[Name] {
  const verbs = lab as unknown as Record<Name, Verb>;
  const real: Verb = (...args) => verbs[name](...args);
  const row = takes.LAB[name] as unknown as Row;
  return before(`lab.${name}`, handing(real, member), row, "rejects") as unknown as Lab[Name];
}

/** Returns the lab with the same verbs, each of which checks its arguments. */
export function guardedLab(lab: Lab): Lab {
  const close = guarded<Lab["close"]>("lab.close", () => lab.close(), takes.LAB.close, "rejects");
  return {
    cluster: guardedSurface(surface.CLUSTER, takes.CLUSTER as never, "cluster", lab.cluster),
    net: guardedSurface(surface.NET, takes.NET as never, "net", lab.net),
    disk: guardedSurface(surface.DISK, takes.DISK as never, "disk", lab.disk),
    probe: guardedProbeFactory(lab.probe),
    inject: handed(lab, "inject", "promise of a fault"),
    predict: guardedPredict(lab),
    watch: handed(lab, "watch", "promise of a watch"),
    group: handed(lab, "group", "promise of a group"),
    run: guardedRun(lab.run),
    engine: lab.engine,
    differs: lab.differs,
    bootstrap: lab.bootstrap,
    topic: lab.topic,
    bootMs: lab.bootMs,
    isReplay: lab.isReplay,
    ...(lab.recordedAt && { recordedAt: lab.recordedAt }),
    step: guarded<Lab["step"]>("lab.step", (name) => lab.step(name), takes.LAB.step),
    note: guarded<Lab["note"]>("lab.note", (text) => lab.note(text), takes.LAB.note),
    capture: guarded<Lab["capture"]>(
      "lab.capture",
      (command) => lab.capture(command),
      takes.LAB.capture,
      "rejects",
    ),
    conclude: guarded<Lab["conclude"]>(
      "lab.conclude",
      (how) => lab.conclude(how),
      takes.LAB.conclude,
      "rejects",
    ),
    close,
    [Symbol.asyncDispose]: () => close(),
  };
}

/** Takes the fault as a value, or its kind, target and options apart. */
function guardedPredict(lab: Lab): Lab["predict"] {
  const value = guarded(
    "lab.predict",
    (fault: FaultSpec, options: PredictOptions = {}) => lab.predict(fault, options),
    takes.PREDICT,
    "rejects",
  );
  const apart: takes.PredictApart = (...asked) =>
    guarded<takes.PredictApart>(
      "lab.predict",
      (kind, target, options = {}) => value(...asValue([kind, target, options])),
      takes.predictApart(asked[0]),
      "rejects",
    )(...asked);
  const predict: Lab["predict"] = (...asked) =>
    typeof asked[0] === "string"
      ? (apart(...(asked as Parameters<takes.PredictApart>)) as ReturnType<Lab["predict"]>)
      : value(...(asked as Parameters<typeof value>));
  guards.set(predict, [takes.PREDICT, takes.predictApart("kill")] as unknown as readonly Row[]);
  return predict;
}

function guardedProbeFactory(real: ProbeFactory): ProbeFactory {
  const make = before("lab.probe", handing(real as unknown as Verb, "probe"), takes.LAB.probe, "throws");
  const own = guardedSurface(surface.PROBE_FACTORY, takes.PROBE as never, "probe", real);
  return Object.defineProperties(make, Object.getOwnPropertyDescriptors(own)) as unknown as ProbeFactory;
}

function guardedRun(run: LabRun): LabRun {
  const own = guardedSurface(surface.RUN, takes.RUN as never, "run", run);
  return Object.defineProperty(own, "history", {
    enumerable: true,
    configurable: true,
    get: () => trust(run.history),
  });
}

/** Returns the run with the same verbs, each of which checks its arguments. */
export function guardedRecordedRun(run: RecordedRun): RecordedRun {
  trust(run.history);
  return guardedSurface(surface.RECORDED_RUN, takes.RECORDED_RUN as never, "run", run);
}
