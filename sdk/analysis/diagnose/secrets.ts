// What no finding and no error shows: passwords, keys, and JAAS entries, which hold both; and the secret
// variables of `.env` files wherever they were put.

import { dotenv } from "../../compose/mod.ts";
import { LabError } from "../../model/errors.ts";
import { HIDDEN } from "../../model/security.ts";
import type { Evidence, Finding } from "./finding.ts";
import type { Text } from "./read/mod.ts";
import { isOpen } from "./setting.ts";

/** Names of secrets: whatever stands there is hidden. */
const SECRET = new RegExp(
  "(pass(word|wd|phrase)?s?|pwd|secret(_?key)?|jaas[._]config|credentials?|(?<!delegation.)token|" +
    "(api|private|master|keystore|access)[._-]?key|user[._]info)$",
  "i",
);

/** Names that are like those, also misspelt ones: what is written there is hidden. */
const LIKE_A_SECRET = new RegExp(
  "pass|pasw|secret|jaas|ssl[._-]?(keystore|key[._-]store)[._-]key$|ssl\\.(key|key\\.pem)$|" +
    "(access|api)[._-]?key|token$",
  "i",
);

/** Secrets in the midst of a value, such as a flag of the JVM or an entry of a JAAS text. */
const WITHIN = new RegExp(
  /((?:pass(?:word|phrase)?|secret|user_[\w.@-]{1,100})["']?\s{0,9}[=:]\s{0,9})/.source +
    /("(?:[^"\\]|\\.)*"?|'[^']*'?|[^\s,;&]+)/.source,
  "gi",
);

/** More are not searched for: each is looked for in every sentence. */
const MOST = 1000;

/**
 * The secret values of `.env` texts. A value that another file has as it is, or one of up to five letters, is
 * not hidden: it says nothing there.
 */
export function secretsIn(files: readonly Text[], others: readonly Text[]): string[] {
  const known = others.map(({ text }) => text).join("\n");
  const values = files.flatMap(({ text }) =>
    Object.entries(readable(text)).flatMap(([name, value]) => (SECRET.test(name) ? [value] : [])),
  );
  return [...new Set(values)]
    .filter((value) => value.length > 5)
    .slice(0, MOST)
    .filter((value) => !known.includes(value))
    .sort((a, b) => b.length - a.length);
}

// what cannot be read is reported where it is read
function readable(text: string): Readonly<Record<string, string>> {
  try {
    return dotenv(text);
  } catch {
    return {};
  }
}

/** The finding without secrets: neither those values, nor what its own evidence has. */
export function withoutSecrets(finding: Finding, values: readonly string[]): Finding {
  const { evidence } = finding;
  const written = evidence.filter(isLikeASecret).map(({ value }) => value);
  const named = evidence.filter((one) => isSecret(one) && !isLikeASecret(one)).map(({ value }) => value);
  const all = [...values, ...named];
  const shown = (text: string): string => masked(withoutOwn(text, written), all);
  return {
    ...finding,
    evidence: evidence.map((one) => ({
      ...one,
      value: isSecret(one) ? HIDDEN : shown(isOpen(one.value) ? one.value : withoutInner(one.value)),
    })),
    happens: shown(finding.happens),
    fix: shown(finding.fix),
  };
}

/** Whether a setting's value is a secret as a whole. */
function isSecret(one: Evidence): boolean {
  return isLikeASecret(one) || (one.value !== "" && SECRET.test(one.key));
}

function isLikeASecret({ key, value, origin }: Evidence): boolean {
  return value !== "" && origin !== "default" && !isOpen(value) && LIKE_A_SECRET.test(key);
}

function withoutInner(value: string): string {
  return value.replace(WITHIN, `$1${HIDDEN}`);
}

/** A sentence without these values, however it writes them. */
function withoutOwn(text: string, own: readonly string[]): string {
  return own
    .flatMap((value) => [JSON.stringify(value).slice(1, -1), value])
    .reduce((rest, value) => withoutValue(rest, value), text);
}

/** A short value may be part of another word: it counts where it is a value. */
function withoutValue(text: string, value: string): string {
  if (value.length >= 8) return text.replaceAll(value, HIDDEN);
  const literal = value.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return text.replace(new RegExp(`(=|: |["'])${literal}(?=["';,\\s]|$)`, "g"), `$1${HIDDEN}`);
}

/** The error without these values. */
export function errorWithoutSecrets(error: unknown, values: readonly string[]): unknown {
  if (!(error instanceof LabError) || !values.some((value) => error.message.includes(value))) return error;
  const { file, line, hint } = error.facts;
  return new LabError(error.code, masked(error.message.split("\n")[0]!, values), {
    ...(file !== undefined && { file }),
    ...(line !== undefined && { line }),
    ...(hint !== undefined && { hint: masked(hint, values) }),
  });
}

function masked(text: string, values: readonly string[]): string {
  return values.reduce((rest, value) => rest.replaceAll(value, HIDDEN), text);
}
