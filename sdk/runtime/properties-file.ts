// Writes files in Java's properties format, so that java.util.Properties reads back the same keys and values.

/** The text of a properties file, a line for each entry. */
export function propertiesText(properties: Readonly<Record<string, string>>): string {
  return Object.entries(properties)
    .map(([key, value]) => `${escapedKey(key)}=${escapedValue(value)}\n`)
    .join("");
}

// A key ends at the first blank, `=` or `:`; a value loses only the blanks before it.
function escapedKey(text: string): string {
  return escaped(text).replaceAll(" ", "\\ ");
}

function escapedValue(text: string): string {
  return escaped(text).replace(/^ +/, (blanks) => "\\ ".repeat(blanks.length));
}

const NAMED: Readonly<Record<string, string>> = { "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r" };

/** As `Properties.store` writes it: everything but printable ASCII is `\uXXXX`, a UTF-16 unit each. */
function escaped(text: string): string {
  return text.replace(/[\\=:#!]/g, "\\$&").replace(/[^\x20-\x7e]/g, (unit) => NAMED[unit] ?? unicode(unit));
}

function unicode(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
