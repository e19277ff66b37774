// What a container's own command sets before it starts Kafka: `export KAFKA_NODE_ID=${HOSTNAME##*-}`.
//
// A shell is not run: an ordinal taken from the pod's name, sums and variables are known, anything else is
// set to what is not known.

import type { Budget } from "../runtime/limits.ts";

/**
 * The variables that a container's command and arguments, as one text, set.
 *
 * @param room what variables within variables are taken from
 */
export function variablesOfScript(
  script: string,
  known: Readonly<Record<string, string>>,
  room: Budget,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const valueOf = (name: string): string | undefined => {
    const value = found.get(name) ?? (Object.hasOwn(known, name) ? known[name] : undefined);
    room.spend(value?.length ?? 0);
    return value;
  };
  for (const [, name = "", raw = ""] of script.matchAll(ASSIGNMENT))
    if (WANTED.test(name)) found.set(name, evaluated(raw, valueOf) ?? `\${${name}}`);
  return found;
}

const ASSIGNMENT = new RegExp(
  [
    /(?:^|[\s;&|({])([A-Za-z_]\w{0,100})=/,
    /("(?:[^"\\]|\\.){0,4000}"|'[^']{0,4000}'|\$\(\([^()]{0,200}\)\)|[^\s;&|]{0,4000})/,
  ]
    .map(({ source }) => source)
    .join(""),
  "g",
);
/** What images read, and what their values are made of. */
const WANTED = /^(KAFKA_|CLUSTER_ID$|[A-Z_]*(ID|ORDINAL|INDEX|HOST|NAME)$)/;

function evaluated(raw: string, valueOf: (name: string) => string | undefined): string | undefined {
  const isLiteral = raw.startsWith("'");
  const text = raw.replace(/^(["'])([\s\S]*)\1$/, "$2");
  if (isLiteral) return text;
  let isKnown = true;
  const open: string[] = [];
  // what only the cluster knows stays as it is, and is not looked at again
  const take = (value: string | undefined): string => {
    if (value === undefined) isKnown = false;
    return (value ?? "").replace(/\$\{[^}]{0,200}\}/g, (one) => `\0${open.push(one) - 1}\0`);
  };
  const result = text
    .replace(/\$\(\(([^()]{0,200})\)\)/g, (_, sum: string) => take(sumOf(sum, valueOf)))
    .replace(/\$\{(\w{1,100})(?:(##|#)(\*-|[\w.-]{1,200}))?\}|\$([A-Za-z_]\w{0,100})/g, (_, ...groups) => {
      const [name, cut, pattern, bare] = groups as (string | undefined)[];
      const value = valueOf(name ?? bare ?? "");
      if (value === undefined || cut === undefined) return take(value);
      if (pattern === "*-") return value.replace(cut === "##" ? /^.*-/ : /^[^-]*-/, "");
      return value.startsWith(pattern!) ? value.slice(pattern!.length) : value;
    });
  if (!isKnown || /[`$]/.test(result)) return undefined;
  return result.replace(/\0(\d+)\0/g, (_, i: string) => open[Number(i)]!);
}

function sumOf(text: string, valueOf: (name: string) => string | undefined): string | undefined {
  const bare = text.replace(/\$\{?(\w+)(?:##\*-)?\}?/g, (whole, name: string) => {
    const value = valueOf(name) ?? "?";
    return whole.includes("##*-") ? value.replace(/^.*-/, "") : value;
  });
  const [, a, sign, b] = /^\s*(\w{1,100})\s*(?:([+-])\s*(\w{1,100}))?\s*$/.exec(bare) ?? [];
  const numberOf = (word: string): number => Number(/^\d+$/.test(word) ? word : (valueOf(word) ?? "?"));
  if (a === undefined) return undefined;
  const sum = numberOf(a) + (b === undefined ? 0 : numberOf(b) * (sign === "-" ? -1 : 1));
  return Number.isSafeInteger(sum) ? String(sum) : undefined;
}
