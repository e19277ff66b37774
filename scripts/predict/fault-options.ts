// The options that say what the fault is, from the kinds of faults themselves.

import type { FaultDefinition, FaultOption, FaultSpec } from "@kafka-failure-lab/sdk";
import { faultKinds, toBytesPerSecond } from "@kafka-failure-lab/sdk/predict";
import { amount, type Kind, milliseconds, oneOf, text, UsageError } from "@kafka-failure-lab/sdk/testing";

// settings and elections are for a cluster that runs
const PREDICTED: readonly FaultDefinition[] = faultKinds().filter(
  ({ isPredictable, resources }) => isPredictable && resources === undefined,
);

/** The kinds that are predicted. */
export const FAULT_KINDS: readonly string[] = PREDICTED.map(({ kind }) => kind);

interface Offered {
  /** As the first of the kinds has it. */
  readonly option: FaultOption;
  /** What each kind takes where it is absent, if anything. */
  readonly defaults: readonly string[];
  /** The kinds that have it. */
  readonly kinds: readonly string[];
}

/**
 * The options of faults of the network, by name, what a roll waits for, and how slow a disk is. How long a
 * stop may take changes no prediction, and what lies in which log directory is known of a cluster that runs.
 */
const OFFERED: ReadonlyMap<string, Offered> = offered();

function offered(): Map<string, Offered> {
  const all = new Map<string, Offered>();
  for (const { kind, options, network } of PREDICTED)
    for (const [name, option] of Object.entries(options).filter(
      ([name]) => network !== undefined || name === "wait" || name === "delay",
    ))
      all.set(name, withKind(all.get(name), option, kind));
  return all;
}

function withKind(known: Offered | undefined, option: FaultOption, kind: string): Offered {
  const usual = option.default === undefined ? [] : [String(option.default)];
  const isNew = known !== undefined && usual.some((one) => !known.defaults.includes(one));
  return {
    option: known === undefined ? option : { ...known.option, about: bothAbout(known.option, option, kind) },
    defaults: [
      ...(known?.defaults ?? []),
      ...(isNew ? usual.map((one) => `${kind}: ${one}`) : known ? [] : usual),
    ],
    kinds: [...(known?.kinds ?? []), kind],
  };
}

/** Kinds may mean different things by one name. */
function bothAbout(known: FaultOption, { about }: FaultOption, kind: string): string {
  return known.about.includes(about) ? known.about : `${known.about}; of ${kind}: ${about}`;
}

/** How each option's value is read. */
export const FAULT_OPTIONS: Readonly<Record<string, Kind<unknown>>> = Object.fromEntries(
  [...OFFERED].map(([name, { option }]) => [name, readerOf(option)]),
);

function readerOf({ type }: FaultOption): Kind<unknown> {
  if (typeof type !== "string") return oneOf(type);
  switch (type) {
    case "duration":
      return milliseconds;
    case "percent":
      return percent;
    case "rate":
      return usable(toBytesPerSecond, "bytes a second, above 0, such as 10kB/s or 10Mbit/s");
    default:
      return type === "number" ? amount : text;
  }
}

function percent(option: string, value: string): number {
  const number = amount(option, value);
  if (number > 0 && number <= 100) return number;
  throw new UsageError(`Cannot use ${option} ${number}: expected a number above 0, up to 100`);
}

/** Text that `check` does not refuse. */
function usable(check: (value: string) => unknown, expected: string): Kind<unknown> {
  return (option, value) => {
    try {
      check(text(option, value));
    } catch {
      throw new UsageError(`Cannot use ${option} ${JSON.stringify(value)}: expected ${expected}`);
    }
    return value;
  };
}

/** A line of help for each option. */
export function faultHelp(): string {
  const everywhere = PREDICTED.filter(({ network }) => network !== undefined).length;
  return [...OFFERED]
    .map(([name, { option, defaults, kinds }]) => {
      const of = kinds.length === everywhere ? "a fault of the network" : kinds.join(", ");
      const usual = defaults.length === 0 ? "" : ` (default ${defaults.join(", ")})`;
      const left = `--${name} ${valueWord(name, option)}`.padEnd(24);
      return `  ${left}of ${of}: ${option.about}${words(option)}${usual}`;
    })
    .join("\n");
}

function valueWord(name: string, { type }: FaultOption): string {
  return type === "duration" ? "TIME" : type === "percent" ? "N" : name.toUpperCase();
}

function words({ type }: FaultOption): string {
  return typeof type === "string" ? "" : `: ${type.slice(0, -1).join(", ")} or ${type.at(-1)}`;
}

/**
 * The fault as a value, without a target; an option that is required and absent has its default.
 *
 * @throws UsageError for an option that the kind does not have
 */
export function faultOf(kind: string, given: Readonly<Record<string, unknown>>): FaultSpec {
  const own = PREDICTED.find((one) => one.kind === kind)!.options;
  const asked = Object.entries(given).filter(([name, value]) => OFFERED.has(name) && value !== undefined);
  const foreign = asked.find(([name]) => !Object.hasOwn(own, name));
  if (foreign !== undefined) {
    const { kinds } = OFFERED.get(foreign[0])!;
    throw new UsageError(`Cannot use --${foreign[0]} with --fault ${kind}: it is for ${kinds.join(", ")}`);
  }
  const required = Object.entries(own).filter(([, { isRequired }]) => isRequired);
  return {
    kind,
    ...Object.fromEntries(required.map(([name, option]) => [name, option.default])),
    ...Object.fromEntries(asked),
  };
}
