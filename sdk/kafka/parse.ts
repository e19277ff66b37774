// A text as Kafka parses it: by the type of its definition, then by its valid values.
// Source: ConfigDef.parseType, Range, ValidString, CaseInsensitiveValidString, NonEmptyString, ValidList

import type { Definition } from "./definitions.ts";
import { doubleOf, javaDouble, wholeOf } from "./java-number.ts";
import { CHECKS, type Parsed, shown } from "./rules.ts";

/** A value, or why Kafka refuses the text, in Kafka's words. */
export type Reading = { readonly value: Parsed } | { readonly reason: string };

/**
 * Parses a text as Kafka does.
 *
 * A class is not looked for, because it may be one that only the reader's own program has.
 */
export function parseSetting(name: string, definition: Definition, text: string): Reading {
  const reading = parseType(name, definition, text);
  if ("reason" in reading) return reading;
  const reason = validate(name, definition, reading.value);
  return reason === undefined ? reading : { reason };
}

/** What is allowed, as a sentence goes on after "allowed:". */
export function allowed({ type, range, in: texts, nonEmpty, rule }: Definition): string {
  if (rule === "gzip-level") return "1 to 9, or -1";
  if (rule === "replication-factor" || rule === "partitions")
    return "1 or more, or -1 for the broker's default";
  if (rule === "connect-protocol") return "eager, compatible or sessioned";
  if (rule === "thread-pool") return "1 or more, or -1";
  if (rule === "offset-reset") return "earliest, latest, none or by_duration:PnDTnHnMn.nS";
  if (rule === "voters") return "id@host:port,… with ports from 0 to 65535";
  if (rule === "controllers") return "host:port,… with ports from 0 to 65535";
  if (rule === undefined && texts !== undefined)
    return `${texts.join(", ")}${type === "LIST" ? " (a list)" : ""}`;
  switch (type) {
    case "BOOLEAN":
      return "true or false";
    case "INT":
    case "LONG":
    case "SHORT":
      return `a whole number ${limits(range?.[0] ?? LEAST[type][0], range?.[1] ?? LEAST[type][1])}`;
    case "DOUBLE":
      return `a number${range === undefined ? "" : ` ${limits(range[0], range[1])}`}`;
    default:
      return nonEmpty ? "a text that is not empty" : "a text";
  }
}

const LEAST = {
  SHORT: ["-32768", "32767"],
  INT: ["-2147483648", "2147483647"],
  LONG: ["-9223372036854775808", "9223372036854775807"],
} as const;

function limits(least: string | null, most: string | null): string {
  if (most === null) return `from ${least} on`;
  return least === null ? `up to ${most}` : `from ${least} to ${most}`;
}

function parseType(name: string, { type }: Definition, text: string): Reading {
  const trimmed = trim(text);
  const invalid = (why: string): Reading => ({
    reason: `Invalid value ${text} for configuration ${name}: ${why}`,
  });
  switch (type) {
    case "BOOLEAN":
      if (/^(true|false)$/i.test(trimmed)) return { value: trimmed.toLowerCase() === "true" };
      return invalid("Expected value to be either true or false");
    case "INT":
    case "LONG":
    case "SHORT":
    case "DOUBLE": {
      const value = type === "DOUBLE" ? doubleOf(trimmed) : wholeOf(trimmed, type);
      return value === undefined ? invalid(`Not a number of type ${type}`) : { value };
    }
    case "LIST":
      return { value: trimmed === "" ? [] : trimmed.split(/[ \t\n\v\f\r]*,[ \t\n\v\f\r]*/) };
    case "CLASS":
      return trimmed === "" ? invalid(`Class ${text} could not be found.`) : { value: trimmed };
    case "STRING":
    case "PASSWORD":
      return { value: trimmed };
  }
}

function validate(name: string, definition: Definition, value: Parsed): string | undefined {
  const { range, rule, nonEmpty, anyCase, in: texts } = definition;
  const invalid = (one: string, why: string): string =>
    `Invalid value ${one} for configuration ${name}: ${why}`;
  if (rule !== undefined) return CHECKS[rule](name, value, definition);
  if (Array.isArray(value)) return validateList(name, definition, value as readonly string[]);
  if (range !== undefined) {
    const [least, most] = range;
    const number = Number(value);
    const text = typeof value === "number" ? javaDouble(value) : shown(value);
    if (least !== null && number < Number(least)) return invalid(text, `Value must be at least ${least}`);
    if (most !== null && number > Number(most)) return invalid(text, `Value must be no more than ${most}`);
  }
  const text = String(value);
  if (nonEmpty && text === "") return invalid("", "String must be non-empty");
  if (texts === undefined) return undefined;
  if (anyCase)
    return texts.some((one) => one.toUpperCase() === text.toUpperCase())
      ? undefined
      : invalid(text, `String must be one of (case insensitive): ${texts.join(", ")}`);
  return texts.includes(text) ? undefined : invalid(text, `String must be one of: ${texts.join(", ")}`);
}

function validateList(
  name: string,
  { nonEmpty, distinct, in: texts }: Definition,
  list: readonly string[],
): string | undefined {
  if (nonEmpty && list.length === 0)
    return `Configuration '${name}' must not be empty. Valid values include: ${
      texts === undefined ? "any non-empty value" : `[${texts.join(", ")}]`
    }`;
  if (distinct && new Set(list).size < list.length)
    return `Configuration '${name}' values must not be duplicated.`;
  const wrong = list.find((one) => (distinct && one === "") || texts?.includes(one) === false);
  if (wrong === undefined) return undefined;
  return distinct && wrong === ""
    ? `Configuration '${name}' values must not be empty.`
    : `Invalid value ${wrong} for configuration ${name}: String must be one of: ${texts!.join(", ")}`;
}

// String.trim: everything up to a blank, and no other white space
function trim(text: string): string {
  return text.replace(/^[\0-\x20]+/, "").replace(/[\0-\x20]+$/, "");
}
