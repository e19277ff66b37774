// What a fault must be as a value: each kind says which options it has, and of what type.

import * as v from "valibot";
import { type FaultDefinition, isOfResources, kindNames, kindOf, type OptionType } from "../faults/mod.ts";
import type { FaultSpec } from "../model/fault.ts";
import type { MemberTarget } from "../model/group-target.ts";
import type { Target } from "../model/target.ts";
import { fieldsOf, type Schema } from "./checked.ts";
import { settingsByName, settingsOf } from "./changing.ts";
import { electionTarget } from "./elections.ts";
import type { Own } from "./options.ts";
import * as is from "./values.ts";

const FAULT = 'a fault, such as faults.kill("leader")';

/** A fault of any kind that exists. */
export const faultSpec: Schema<FaultSpec> = faultOf({ needsTarget: true });
/** The same where the brokers are given beside it. */
export const faultWithoutTarget: Schema<FaultSpec> = faultOf({ needsTarget: false });

function faultOf(how: { needsTarget: boolean }): Schema<FaultSpec> {
  return v.lazy((one): Schema<FaultSpec> => {
    const kind = kindIn(one);
    if (kind === undefined) return v.custom<FaultSpec>(() => false, FAULT);
    const definition = kindOf(kind);
    return definition === undefined ? unknownKind() : specOf(definition, how);
  });
}

function kindIn(one: unknown): string | undefined {
  if (typeof one !== "object" || one === null || !("kind" in one)) return undefined;
  return typeof one.kind === "string" ? one.kind : undefined;
}

function unknownKind(): Schema<FaultSpec> {
  return v.looseObject({ kind: is.word(...kindNames()) }) as unknown as Schema<FaultSpec>;
}

function specOf(definition: FaultDefinition, { needsTarget }: { needsTarget: boolean }): Schema<FaultSpec> {
  const { kind, target } = definition;
  const own = optionsOfKind(kind);
  const takesTarget = target === undefined && !isOfResources(kind);
  const entries = {
    kind: is.word(kind),
    ...(takesTarget && { target: targetOf(definition) }),
    lasts: is.durationOf(1),
    ...own.entries,
  };
  const required = ["kind", ...(needsTarget && takesTarget ? ["target"] : []), ...own.required];
  return fieldsOf<FaultSpec>(entries, required);
}

/** What a kind hits; that the other is unsupported is for `resolveFault` to say. */
function targetOf({ takes = "nodes" }: FaultDefinition): Schema<Target | MemberTarget> {
  return takes === "members" ? is.memberTarget : takes === "both" ? is.anyTarget : is.target;
}

/** The options of a kind, none where there is no such kind. */
export function optionsOfKind(kind: string): Own {
  const options = Object.entries(kindOf(kind)?.options ?? {});
  return {
    entries: Object.fromEntries(options.map(([name, { type }]) => [name, optionOf(type)])),
    required: options.filter(([, { isRequired }]) => isRequired).map(([name]) => name),
  };
}

/** The schema of an option's type. */
export function optionOf(type: OptionType): Schema<unknown> {
  if (typeof type !== "string") return is.word(...type);
  switch (type) {
    case "duration":
      return is.duration;
    case "percent":
      return is.percent;
    case "rate":
      return is.rate;
    case "groups":
      return is.groups;
    case "number":
      return is.number("a finite number", Number.isFinite);
    case "text":
      return is.text("text");
    case "resource":
      return settingsOf;
    case "settings":
      return settingsByName;
    case "partitions":
      return electionTarget;
    case "flag":
      return is.flag;
  }
}
