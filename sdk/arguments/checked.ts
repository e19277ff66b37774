// Checks the arguments of a call against schemas and says what is wrong with them.
//
//   arguments ──▶ copy (own data, each getter read once) ──▶ schema ──▶ the copy, for the function
//                   │ throws, is cyclic, is too large           │ issue
//                   └──▶ TypeError                              ├──▶ TypeError: wrong type, word or option
//                                                               └──▶ RangeError: a value out of range
//
// The function gets the copy, so what was checked is what is used.

import * as v from "valibot";
import { editDistance } from "../model/edit-distance.ts";
import { printable } from "../model/printable.ts";
import { copyOf, isPlain } from "./copy.ts";

/** What a value must be; its messages say what was expected, without "expected". */
export type Schema<T> = v.GenericSchema<unknown, T>;

/** One parameter of a function. */
export interface Parameter<T, IsOptional extends boolean = boolean> {
  readonly name: string;
  readonly schema: Schema<T>;
  readonly isOptional: IsOptional;
  /** Whether the value is passed on as it is, not as a copy: a history, or what another function returned. */
  readonly isReference: boolean;
  /** Options whose values are passed on as they are, because another function returned them. */
  readonly results: readonly string[];
  /**
   * For a function that is called very often: returns a copy of what is right at first sight, else undefined.
   */
  quick?(value: unknown): T | undefined;
}

/** A parameter for each that the function has, in order; the compiler holds both to each other. */
export type ParametersOf<F> = F extends (...args: infer Args) => unknown
  ? {
      readonly [I in keyof Args]-?: undefined extends Args[I]
        ? Parameter<Exclude<Args[I], undefined>, true>
        : Parameter<Args[I], false>;
    }
  : never;

/** Makes a parameter that has to be given. */
export function needed<T>(name: string, schema: Schema<T>): Parameter<T, false> {
  return { name, schema, isOptional: false, isReference: false, results: [] };
}

/** Makes a parameter that may be left out. @param results options whose values another function returned */
export function maybe<T>(
  name: string,
  schema: Schema<T>,
  results: readonly (keyof T & string)[] = [],
): Parameter<T, true> {
  return { name, schema, isOptional: true, isReference: false, results };
}

/** Makes a parameter whose value is passed on as it is. */
export function reference<T>(name: string, schema: Schema<T>): Parameter<T, false> {
  return { name, schema, isOptional: false, isReference: true, results: [] };
}

/** What the options of type T must be: a schema for each field. `required` has the fields that T requires. */
export function fields<T extends object>(
  entries: { readonly [Name in keyof T]-?: Schema<Exclude<T[Name], undefined>> },
  ...required: RequiredOf<T> extends never ? [] : [readonly RequiredOf<T>[]]
): Schema<T> {
  return fieldsOf<T>(entries as never, (required[0] ?? []) as readonly string[]);
}

/** As `fields`, where the fields are known only when the program runs: the options of a kind of fault. */
export function fieldsOf<T extends object>(
  entries: Readonly<Record<string, Schema<unknown>>>,
  required: readonly string[],
): Schema<T> {
  const names = Object.keys(entries);
  const all = Object.fromEntries(
    Object.entries(entries).map(([name, schema]) => [
      name,
      required.includes(name) ? schema : v.optional(schema),
    ]),
  );
  return v.pipe(
    v.custom<object>(isOptions, "an object with options"),
    onlyNames(names), // before what is missing: an option that is misspelt is missing, too
    v.strictObject(all, "a value"),
  ) as unknown as Schema<T>;
}

/** Refuses an object with other fields of its own than these, and names the nearest that it may have. */
export function onlyNames<T extends object>(names: readonly string[]): v.RawCheckAction<T> {
  return refusing((key) => !names.includes(key), names);
}

/**
 * As `onlyNames`, for an object that may have more fields: refuses those that are nearly one of these names.
 */
export function noNearMiss<T extends object>(names: readonly string[]): v.RawCheckAction<T> {
  return refusing((key) => !names.includes(key) && nearest(key, names) !== undefined, names);
}

function refusing<T extends object>(
  isWrong: (key: string) => boolean,
  names: readonly string[],
): v.RawCheckAction<T> {
  return v.rawCheck<T>(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const input = dataset.value as Record<string, unknown>;
    const key = Object.keys(input).find(isWrong);
    if (key === undefined) return;
    const path = [{ type: "object" as const, origin: "key" as const, input, key, value: input[key] }];
    addIssue({ message: unknownOption(key, names), path: path as never });
  });
}

/** Not a list, and no instance of a class, whose options would be overlooked. */
function isOptions(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) && isPlain(value);
}

// biome-ignore lint/complexity/noBannedTypes: an option may be left out exactly where {} is assignable
type RequiredOf<T> = { [Name in keyof T]-?: {} extends Pick<T, Name> ? never : Name }[keyof T];

const UNKNOWN = "unknown option: ";

/** Before a message that says what is wrong with a value, not what was expected: a TypeError. */
export const WRONG = "wrong: ";
/** As WRONG, but a RangeError. */
export const OUT_OF_RANGE = "out of range: ";

function unknownOption(key: string, names: readonly string[]): string {
  const near = nearest(key, names);
  if (near !== undefined) return `${UNKNOWN}did you mean ${near}?`;
  return `${UNKNOWN}${names.length === 0 ? "it has none" : `it has ${names.join(", ")}`}`;
}

/**
 * Returns the arguments as the function may use them.
 *
 * @param call the function as its caller writes it: `lab.predict`
 * @throws TypeError, RangeError
 */
export function checked(
  call: string,
  parameters: readonly Parameter<unknown>[],
  args: readonly unknown[],
): unknown[] {
  const last = parameters.at(-1);
  // an option in the wrong place would be ignored; a function without options may be a callback
  if (last?.isOptional && args.length > parameters.length)
    throw new TypeError(
      `Cannot call ${call}(): it was given ${args.length} arguments, expected at most ${parameters.length}`,
    );
  if (args.slice(parameters.length).some(isOptionsLike))
    throw new TypeError(
      `Cannot call ${call}(): it takes no options, expected ` +
        (parameters.length === 0 ? "no argument" : parameters.map(({ name }) => name).join(", ")),
    );
  const given = parameters.slice(0, Math.max(args.length, parameters.filter(isNeeded).length));
  return given.map((parameter, at) => parameter.quick?.(args[at]) ?? checkedOne(call, parameter, args[at]));
}

/** A callback is given numbers and lists besides what it takes. */
function isOptionsLike(value: unknown): boolean {
  try {
    return isOptions(value);
  } catch {
    return true; // what cannot be read is no argument of a callback
  }
}

function isNeeded({ isOptional }: Parameter<unknown>): boolean {
  return !isOptional;
}

function checkedOne(
  call: string,
  { name, schema, isOptional, isReference, results }: Parameter<unknown>,
  value: unknown,
): unknown {
  if (value === undefined && isOptional) return undefined;
  let own: unknown;
  let issues: readonly v.BaseIssue<unknown>[] | undefined;
  try {
    own = isReference ? value : copyOf(value, name, results);
    ({ issues } = v.safeParse(schema, own, { abortEarly: true }));
  } catch (cause) {
    throw new TypeError(printable(`Cannot call ${call}(): ${(cause as Error).message}`), { cause });
  }
  if (issues === undefined) return own;
  const { Kind, why } = complaint(name, issues[0]!);
  throw new Kind(printable(`Cannot call ${call}(): ${why}`)); // it quotes what was given
}

function complaint(name: string, issue: v.BaseIssue<unknown>): { Kind: ErrorConstructor; why: string } {
  const where = name + (issue.path ?? []).map(({ key }) => step(key)).join("");
  const Kind = issue.kind === "validation" ? RangeError : TypeError;
  if (issue.message.startsWith(UNKNOWN)) return { Kind: TypeError, why: `${where} is an ${issue.message}` };
  if (issue.message.startsWith(OUT_OF_RANGE))
    return { Kind: RangeError, why: `${where} is ${issue.message}` };
  if (issue.message.startsWith(WRONG)) return { Kind: TypeError, why: `${where} is ${issue.message}` };
  const is = issue.input === undefined ? "is missing" : `is ${shown(issue.input)}`;
  return { Kind, why: `${where} ${is}, expected ${issue.message}` };
}

function step(key: unknown): string {
  if (typeof key === "number") return `[${key}]`;
  return /^[A-Za-z_$][\w$]*$/.test(String(key)) ? `.${String(key)}` : `[${JSON.stringify(String(key))}]`;
}

const SHOWN = 60;

/** Writes a value into a message, whatever it is. */
export function shown(value: unknown): string {
  switch (typeof value) {
    case "string": {
      const text = JSON.stringify(value.length > SHOWN ? `${value.slice(0, SHOWN)}…` : value);
      return value.length > SHOWN ? `${text} (${value.length} characters)` : text;
    }
    case "number":
    case "boolean":
    case "undefined":
      return Object.is(value, -0) ? "-0" : String(value);
    case "bigint":
      return `${value}n`.slice(0, SHOWN);
    case "symbol":
      return "a symbol";
    case "function":
      return "a function";
    default:
      return value === null ? "null" : isList(value) ? "a list" : "an object";
  }
}

function isList(value: unknown): boolean {
  try {
    return Array.isArray(value);
  } catch {
    return false; // a revoked proxy
  }
}

/** The known name that differs least from an unknown one; undefined where all differ much. */
export function nearest(unknown: string, names: readonly string[]): string | undefined {
  const wanted = unknown.slice(0, 40).toLowerCase();
  const [best] = names
    .map((name) => ({ name, apart: editDistance(wanted, name.toLowerCase()) }))
    .filter(({ name, apart }) => apart <= Math.max(1, Math.floor(name.length / 3)))
    .sort((a, b) => a.apart - b.apart);
  return best?.name;
}
