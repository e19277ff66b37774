// Numbers as Java reads and writes them: Integer.parseInt, Long.parseLong, Double.parseDouble and toString.
// Java also takes the digits of other scripts, which are refused here.

/** The whole numbers that Kafka's settings have. */
export type Whole = "INT" | "LONG" | "SHORT";

const BITS: Readonly<Record<Whole, number>> = { SHORT: 16, INT: 32, LONG: 64 };

/** Reads a whole number: decimal digits with a sign or without, within its type; else undefined. */
export function wholeOf(text: string, type: Whole): bigint | undefined {
  if (!/^[+-]?\d{1,400}$/.test(text)) return undefined;
  const value = BigInt(text.replace(/^\+/, ""));
  return BigInt.asIntN(BITS[type], value) === value ? value : undefined;
}

const DECIMAL = /^[+-]?(?:NaN|Infinity|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[fFdD]?)$/;
const HEXADECIMAL = /^([+-]?)0[xX]([\da-fA-F]*)\.?([\da-fA-F]*)[pP]([+-]?\d+)[fFdD]?$/;

/** Reads a floating-point number, with all that Java's grammar has: `1e3`, `.5`, `1d`, `0x1p3`, `NaN`. */
export function doubleOf(text: string): number | undefined {
  if (DECIMAL.test(text)) return Number(text.replace(/[fFdD]$/, ""));
  const [, sign, whole = "", part = "", exponent] = HEXADECIMAL.exec(text) ?? [];
  if (exponent === undefined || whole + part === "") return undefined;
  const value = Number.parseInt(whole + part, 16) * 2 ** (Number(exponent) - 4 * part.length);
  return sign === "-" ? -value : value;
}

/** Writes a floating-point number as Java does: `2.0`, `1.0E20`. */
export function javaDouble(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (Object.is(value, -0)) return "-0.0";
  if (value === 0 || (size >= 1e-3 && size < 1e7))
    return Number.isInteger(value) ? `${value}.0` : String(value);
  const [digits = "", exponent = ""] = value.toExponential().split("e");
  return `${digits.includes(".") ? digits : `${digits}.0`}E${Number(exponent)}`;
}
