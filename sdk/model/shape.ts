// What a value read from a file must look like: functions that say what is wrong with it, or nothing.
//
// A shape looks at the value alone, and whoever holds the value puts its own name in front of what is wrong.
// So no text is made where all is right: a history may have a hundred thousand events.

/** What is wrong with a value, and where within it: `attempts[0].address`; `""` for the value itself. */
export interface Wrong {
  where: string;
  value: unknown;
  /** `text`, `a whole number, 0 or more`. */
  expected: string;
}

/** Says what is wrong with a value, or nothing. */
export type Shape = (value: unknown) => Wrong | undefined;

/** A shape for every field of T, the optional ones too. */
export type Fields<T> = { readonly [Field in keyof T]-?: Shape };

/** The same for an event of a history, which has its kind by its place. */
export type ShapesOf<Event> = Fields<Omit<Event, "kind">>;

/** Says what is wrong: `outcome is "maybe", expected "ok", "fail", "info"`; nothing where all is right. */
export function wrongIn(shape: Shape, value: unknown): string | undefined {
  const wrong = shape(value);
  if (wrong === undefined) return undefined;
  const where = wrong.where === "" ? "it" : wrong.where;
  return wrong.value === undefined
    ? `${where} is missing, expected ${wrong.expected}`
    : `${where} is ${brief(wrong.value)}, expected ${wrong.expected}`;
}

/** Any text. */
export const text: Shape = (value) => (typeof value === "string" ? undefined : not(value, "text"));
/** Any number that is finite. */
export const number: Shape = (value) => (Number.isFinite(value) ? undefined : not(value, "a number"));
/** A length of time, a size, a count that may have a fraction. */
export const amount: Shape = (value) =>
  Number.isFinite(value) && (value as number) >= 0 ? undefined : not(value, "a number, 0 or more");
/** A number such as a broker's, a partition's, or a count. */
export const whole: Shape = (value) =>
  Number.isSafeInteger(value) && (value as number) >= 0 ? undefined : not(value, "a whole number, 0 or more");
/** As `whole`, or -1, which is Kafka's word for none. */
export const wholeOrNone: Shape = (value) =>
  Number.isSafeInteger(value) && (value as number) >= -1
    ? undefined
    : not(value, "a whole number, -1 or more");
/** How probable something is. */
export const odds: Shape = (value) =>
  typeof value === "number" && value >= 0 && value <= 1 ? undefined : not(value, "a number from 0 to 1");
/** True or false. */
export const flag: Shape = (value) => (typeof value === "boolean" ? undefined : not(value, "true or false"));
/** Whatever it is, or is not. */
export const anything: Shape = () => undefined;

/** A date and time as ISO 8601 text. */
export const moment: Shape = (value) =>
  typeof value === "string" && !Number.isNaN(Date.parse(value))
    ? undefined
    : not(value, "a date and time, as ISO 8601");

/** A 64-bit offset as decimal text. */
export const offset: Shape = matching(/^-?\d{1,19}$/, "an offset as decimal text");

/** Text of a form. */
export function matching(form: RegExp, expected: string): Shape {
  return (value) => (typeof value === "string" && form.test(value) ? undefined : not(value, expected));
}

/** One of these values. */
export function oneOf(...allowed: readonly (string | boolean)[]): Shape {
  const set = new Set<unknown>(allowed);
  return (value) =>
    set.has(value) ? undefined : not(value, allowed.map((one) => JSON.stringify(one)).join(", "));
}

/** The value or nothing. */
export function optional(shape: Shape): Shape {
  return (value) => (value === undefined ? undefined : shape(value));
}

/** The value or null. */
export function nullable(shape: Shape): Shape {
  return (value) => (value === null ? undefined : shape(value));
}

/** A list of values that are all so. */
export function listOf(shape: Shape): Shape {
  return (value) => {
    if (!Array.isArray(value)) return not(value, "a list");
    for (let i = 0; i < value.length; i++) {
      const wrong = shape(value[i]);
      if (wrong !== undefined) return within(`[${i}]`, wrong);
    }
    return undefined;
  };
}

/** An object with these fields; others are passed over. */
export function fields(shapes: Readonly<Record<string, Shape>>): Shape {
  const all = Object.entries(shapes);
  return (value) => {
    if (!isObject(value)) return not(value, "an object");
    for (const [name, shape] of all) {
      const wrong = shape(value[name]);
      if (wrong !== undefined) return within(name, wrong);
    }
    return undefined;
  };
}

/** An object whose every value is so. */
export function valuesOf(shape: Shape): Shape {
  return (value) => {
    if (!isObject(value)) return not(value, "an object");
    for (const [name, one] of Object.entries(value)) {
      const wrong = shape(one);
      if (wrong !== undefined) return within(name, wrong);
    }
    return undefined;
  };
}

/** An object whose field `by` says which of these fields it has besides. */
export function variants(
  by: string,
  shapes: Readonly<Record<string, Readonly<Record<string, Shape>>>>,
): Shape {
  const checks = new Map(Object.entries(shapes).map(([name, rest]) => [name, fields(rest)]));
  const names = oneOf(...checks.keys());
  return (value) => {
    if (!isObject(value)) return not(value, "an object");
    const check = checks.get(value[by] as string);
    if (check !== undefined) return check(value);
    return within(by, names(value[by])!);
  };
}

/** The value is so, and `also` of it, too; what is expected of it beyond its shape is `expected`. */
export function checked<T>(shape: Shape, also: (value: T) => boolean, expected: string): Shape {
  return (value) => shape(value) ?? (also(value as T) ? undefined : not(value, expected));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function not(value: unknown, expected: string): Wrong {
  return { where: "", value, expected };
}

function within(name: string, wrong: Wrong): Wrong {
  const joint = wrong.where === "" || wrong.where.startsWith("[") ? "" : ".";
  return { ...wrong, where: `${name}${joint}${wrong.where}` };
}

function brief(value: unknown): string {
  let written: string;
  try {
    written = JSON.stringify(value) ?? String(value);
  } catch {
    written = typeof value; // it is cyclic, or a bigint
  }
  return written.length > 60 ? `${written.slice(0, 59)}…` : written;
}
