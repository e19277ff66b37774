// Puts the check of its arguments before a function, and before every verb of what a lab hands out.
//
//   caller ──▶ guard ── wrong: TypeError or RangeError, and nothing has happened
//                └───── right ──▶ the real, the recorded or the replayed verb ──▶ handle ──▶ guard

import * as surface from "../recording/surface.ts";
import { checked, type Parameter, type ParametersOf } from "./checked.ts";
import * as takes from "./verbs.ts";

/** A function of any arguments. */
export type Verb = (...args: unknown[]) => unknown;
/** What one form of a function takes. */
export type Row = readonly Parameter<unknown>[];

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

/** Says what a function takes that checks its arguments in a way of its own. */
export function takesOneOf<F extends object>(verb: F, rows: readonly Row[]): F {
  guards.set(verb, rows);
  return verb;
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

/** The same for a verb whose types do not matter. */
export function before(call: string, real: Verb, parameters: Row, manner: Manner): Verb {
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
export function handing(real: Verb, member: surface.Member): Verb {
  const members = surface.HANDLES[member];
  const [rows, name] = HANDED[member] ?? [];
  if (members === undefined || rows === undefined) return real;
  const guard = (made: unknown): unknown =>
    guardedSurface(members, rows as Readonly<Record<string, Row>>, name!, made as object);
  return member.startsWith("promise")
    ? async (...args) => guard(await real(...args))
    : (...args) => guard(real(...args));
}
