// What the lab writes in Java's properties format, read by java.util.Properties itself.

import { execFileSync } from "node:child_process";
import { Buffer } from "node:buffer";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { findJava, propertiesText } from "@kafka-failure-lab/sdk/testing";

const test = suite("properties");

/**
 * A program for a Java without a compiler (javac --release 8 -g:none). It prints a line for each file, and
 * in it each entry:
 *
 *     for (String file : files) {
 *       Properties read = new Properties();
 *       read.load(new FileInputStream(file));
 *       for (Object key : read.keySet()) System.out.print(hex(key) + "=" + hex(read.get(key)) + " ");
 *       System.out.println();
 *     }
 *     static String hex(Object text) {
 *       return new BigInteger(1, ("x" + text).getBytes("UTF-16BE")).toString(16);
 *     }
 */
const READ_PROPERTIES =
  "yv66vgAAADQAbAoAAgADBwAEDAAFAAYBABBqYXZhL2xhbmcvT2JqZWN0AQAGPGluaXQ+AQADKClWBwAIAQAUamF2YS9tYXRoL0Jp" +
  "Z0ludGVnZXIHAAoBABdqYXZhL2xhbmcvU3RyaW5nQnVpbGRlcgoACQADCAANAQABeAoACQAPDAAQABEBAAZhcHBlbmQBAC0oTGph" +
  "dmEvbGFuZy9TdHJpbmc7KUxqYXZhL2xhbmcvU3RyaW5nQnVpbGRlcjsKAAkAEwwAEAAUAQAtKExqYXZhL2xhbmcvT2JqZWN0OylM" +
  "amF2YS9sYW5nL1N0cmluZ0J1aWxkZXI7CgAJABYMABcAGAEACHRvU3RyaW5nAQAUKClMamF2YS9sYW5nL1N0cmluZzsIABoBAAhV" +
  "VEYtMTZCRQoAHAAdBwAeDAAfACABABBqYXZhL2xhbmcvU3RyaW5nAQAIZ2V0Qnl0ZXMBABYoTGphdmEvbGFuZy9TdHJpbmc7KVtC" +
  "CgAHACIMAAUAIwEABihJW0IpVgoABwAlDAAXACYBABUoSSlMamF2YS9sYW5nL1N0cmluZzsHACgBABRqYXZhL3V0aWwvUHJvcGVy" +
  "dGllcwoAJwADBwArAQAXamF2YS9pby9GaWxlSW5wdXRTdHJlYW0KACoALQwABQAuAQAVKExqYXZhL2xhbmcvU3RyaW5nOylWCgAn" +
  "ADAMADEAMgEABGxvYWQBABgoTGphdmEvaW8vSW5wdXRTdHJlYW07KVYKACcANAwANQA2AQAGa2V5U2V0AQARKClMamF2YS91dGls" +
  "L1NldDsLADgAOQcAOgwAOwA8AQANamF2YS91dGlsL1NldAEACGl0ZXJhdG9yAQAWKClMamF2YS91dGlsL0l0ZXJhdG9yOwsAPgA/" +
  "BwBADABBAEIBABJqYXZhL3V0aWwvSXRlcmF0b3IBAAdoYXNOZXh0AQADKClaCwA+AEQMAEUARgEABG5leHQBABQoKUxqYXZhL2xh" +
  "bmcvT2JqZWN0OwkASABJBwBKDABLAEwBABBqYXZhL2xhbmcvU3lzdGVtAQADb3V0AQAVTGphdmEvaW8vUHJpbnRTdHJlYW07CgBO" +
  "AE8HAFAMAFEAUgEADlJlYWRQcm9wZXJ0aWVzAQADaGV4AQAmKExqYXZhL2xhbmcvT2JqZWN0OylMamF2YS9sYW5nL1N0cmluZzsI" +
  "AFQBAAE9CgAnAFYMAFcAWAEAA2dldAEAJihMamF2YS9sYW5nL09iamVjdDspTGphdmEvbGFuZy9PYmplY3Q7CABaAQABIAoAXABd" +
  "BwBeDABfAC4BABNqYXZhL2lvL1ByaW50U3RyZWFtAQAFcHJpbnQKAFwAYQwAYgAGAQAHcHJpbnRsbgEABENvZGUBAApFeGNlcHRp" +
  "b25zBwBmAQATamF2YS9sYW5nL0V4Y2VwdGlvbgEABG1haW4BABYoW0xqYXZhL2xhbmcvU3RyaW5nOylWAQANU3RhY2tNYXBUYWJs" +
  "ZQcAawEAE1tMamF2YS9sYW5nL1N0cmluZzsAIQBOAAIAAAAAAAMAAQAFAAYAAQBjAAAAEQABAAEAAAAFKrcAAbEAAAAAAAgAUQBS" +
  "AAIAYwAAADIABQABAAAAJrsAB1kEuwAJWbcACxIMtgAOKrYAErYAFRIZtgAbtwAhEBC2ACSwAAAAAABkAAAABAABAGUACQBnAGgA" +
  "AgBjAAAAuwAEAAgAAACGKkwrvj0DPh0cogB8Kx0yOgS7ACdZtwApOgUZBbsAKlkZBLcALLYALxkFtgAzuQA3AQA6BhkGuQA9AQCZ" +
  "AD4ZBrkAQwEAOgeyAEe7AAlZtwALGQe4AE22AA4SU7YADhkFGQe2AFW4AE22AA4SWbYADrYAFbYAW6f/vrIAR7YAYIQDAaf/hbEA" +
  "AAABAGkAAAAjAAT+AAcHAGoBAf4ALAcAHAcAJwcAPvoARP8ACwABBwBqAAAAZAAAAAQAAQBlAAA=";

/** One file of each kind of character that means something in the format, and many by chance. */
const WRITTEN: readonly Record<string, string>[] = [
  {
    "log.dirs": "1048588\nlog.dirs=/x\r\nnode.id:7",
    "a b=c:d": " \t\f v ",
    "#": "!",
    "!": "#",
    "\\": "\\\\",
  },
  ...fc.sample(
    fc.dictionary(
      fc.string({ unit: "binary", maxLength: 12 }),
      fc.string({ unit: "binary", maxLength: 24 }),
      {
        noNullPrototype: true,
      },
    ),
    { seed: 14, numRuns: 300 },
  ),
];

test("propertiesText() is read back by java.util.Properties, entry by entry", async () => {
  const java = await findJava({ env: process.env });
  const folder = mkdtempSync(path.join(tmpdir(), "lab-properties-"));
  try {
    writeFileSync(path.join(folder, "ReadProperties.class"), Buffer.from(READ_PROPERTIES, "base64"));
    const files = WRITTEN.map((properties, i) => {
      const file = path.join(folder, `${i}.properties`);
      writeFileSync(file, propertiesText(properties));
      return file;
    });
    const argv = ["-cp", folder, "ReadProperties", ...files];
    const lines = execFileSync(java.path, argv, { encoding: "utf8", maxBuffer: 64 << 20 }).split("\n");
    assert.equal(lines.slice(0, -1).map(entriesOf), WRITTEN.map(sorted));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

function entriesOf(line: string): [string, string][] {
  const pairs = line.split(" ").filter((pair) => pair !== "");
  return sorted(
    Object.fromEntries(pairs.map((pair) => pair.split("=").map(textOf))) as Record<string, string>,
  );
}

function textOf(hex: string): string {
  const bytes = Buffer.from(hex.padStart(Math.ceil(hex.length / 4) * 4, "0"), "hex");
  return bytes.swap16().toString("utf16le").slice(1);
}

function sorted(properties: Record<string, string>): [string, string][] {
  return Object.entries(properties).sort(([a], [b]) => (a < b ? -1 : 1));
}
test.run();
