// What a value read from a file must look like: functions that say what is wrong with it, or nothing.

/** Says what is wrong with a value, beginning with where: `outcome is "maybe", expected "ok", "fail" or "info"`. */
export type Shape = (value: unknown, where: string) => string | undefined;

const expected = (where: string, value: unknown, what: string): string =>
  value === undefined
    ? `${where} is missing, expected ${what}`
    : `${where} is ${brief(value)}, expected ${what}`;

export const text: Shape = (value, where) =>
  typeof value === "string" ? undefined : expected(where, value, "text");
export const number: Shape = (value, where) =>
  typeof value === "number" && Number.isFinite(value) ? undefined : expected(where, value, "a number");
export const flag: Shape = (value, where) =>
  typeof value === "boolean" ? undefined : expected(where, value, "true or false");
export const anything: Shape = () => undefined;

/** A date and time as ISO 8601 text. */
export const moment: Shape = (value, where) =>
  typeof value === "string" && !Number.isNaN(Date.parse(value))
    ? undefined
    : expected(where, value, "a date and time, as ISO 8601");

/** A 64-bit offset as decimal text. */
export const offset: Shape = (value, where) =>
  typeof value === "string" && /^-?\d+$/.test(value)
    ? undefined
    : expected(where, value, "an offset as decimal text");

export function oneOf(...allowed: readonly (string | boolean)[]): Shape {
  return (value, where) =>
    allowed.some((one) => one === value)
      ? undefined
      : expected(where, value, allowed.map((one) => JSON.stringify(one)).join(", "));
}

/** The value or nothing. */
export function optional(shape: Shape): Shape {
  return (value, where) => (value === undefined ? undefined : shape(value, where));
}

export function nullable(shape: Shape): Shape {
  return (value, where) => (value === null ? undefined : shape(value, where));
}

export function listOf(shape: Shape): Shape {
  return (value, where) => {
    if (!Array.isArray(value)) return expected(where, value, "a list");
    for (const [i, one] of value.entries()) {
      const wrong = shape(one, `${where}[${i}]`);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  };
}

/** An object with these fields; others are passed over. */
export function fields(shapes: Readonly<Record<string, Shape>>): Shape {
  const all = Object.entries(shapes);
  return (value, where) => {
    if (typeof value !== "object" || value === null || Array.isArray(value))
      return expected(where, value, "an object");
    for (const [name, shape] of all) {
      const wrong = shape((value as Record<string, unknown>)[name], where === "" ? name : `${where}.${name}`);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  };
}

/** An object whose every value is so. */
export function valuesOf(shape: Shape): Shape {
  return (value, where) =>
    fields(
      Object.fromEntries(
        typeof value === "object" && value !== null ? Object.keys(value).map((key) => [key, shape]) : [],
      ),
    )(value, where);
}

function brief(value: unknown): string {
  const written = JSON.stringify(value) ?? String(value);
  return written.length > 60 ? `${written.slice(0, 59)}…` : written;
}
