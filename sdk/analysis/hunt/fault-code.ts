// A fault as the TypeScript that makes it: `faults.delay("leader", "6s", { path: "clients" })`.

import type { FaultSpec } from "../../model/fault.ts";
import { printable } from "../../model/printable.ts";

/** By kind: its function of `faults`, and the fields that are its arguments, in order. */
const CALLS: Readonly<Record<string, readonly [name: string, ...fields: string[]]>> = {
  stop: ["stop", "target"],
  kill: ["kill", "target"],
  pause: ["pause", "target"],
  delay: ["delay", "target", "delay"],
  throttle: ["throttle", "target", "rate"],
  isolate: ["isolate", "target"],
  split: ["split", "groups"],
  lose: ["lose", "target", "percent"],
  duplicate: ["duplicate", "target", "percent"],
  reorder: ["reorder", "target", "percent"],
  corrupt: ["corrupt", "target", "percent"],
  "slow-disk": ["slowDisk", "target", "delay"],
  "hang-disk": ["hangDisk", "target"],
  "fail-disk": ["failDisk", "target"],
  "fill-disk": ["fillDisk", "target"],
};

/** @throws TypeError for a kind of which no schedule is made */
export function faultCode(spec: FaultSpec): string {
  const call = CALLS[spec.kind];
  if (call === undefined) throw new TypeError(`Cannot write the fault ${JSON.stringify(spec.kind)} as code`);
  const [name, ...fields] = call;
  const rest = Object.entries(spec).filter(([key]) => key !== "kind" && !fields.includes(key));
  const given = fields.map((field) => literal(spec[field]));
  if (rest.length > 0) given.push(literal(Object.fromEntries(rest)));
  return `faults.${name}(${given.join(", ")})`;
}

/** A value of plain data as TypeScript writes it; characters that a reader would not see are escapes. */
export function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value !== "object" || value === null) return printable(JSON.stringify(value));
  const fields = Object.entries(value).filter(([, one]) => one !== undefined);
  return `{ ${fields.map(([key, one]) => `${key}: ${literal(one)}`).join(", ")} }`;
}
