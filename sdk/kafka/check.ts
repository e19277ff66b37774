// Whether Kafka would start with a setting: by its ConfigDef, and by the few checks that Kafka does later.

import { printable } from "../model/printable.ts";
import { entriesOf, readBootstrap, readListener } from "./address.ts";
import { type Definition, definitionsOf, type Kind } from "./definitions.ts";
import { allowed, parseSetting } from "./parse.ts";

/** Why a setting does not work. */
export interface Refusal {
  /** What Kafka says, in Kafka's words; else what Kafka does with it. */
  readonly reason: string;
  /** What is allowed. */
  readonly allowed: string;
  /** The default, or null where there is none. */
  readonly standard: string | null;
}

/**
 * Says why a text cannot be the value of a setting; undefined where it can, or where Kafka does not know the
 * setting.
 *
 * Where the version is not known, only what every version refuses is refused.
 *
 * @param kafka a version or an image's tag; null where it is not known
 */
export function refusalOf(kind: Kind, name: string, text: string, kafka: string | null): Refusal | undefined {
  const definitions = definitionsOf(kind, name, kafka);
  const definition = definitions.at(-1);
  if (definition === undefined) return undefined;
  const readings = definitions.map((one) => parseSetting(name, one, text));
  const reasons = readings.flatMap((reading) => ("reason" in reading ? [reading.reason] : []));
  // 3.9's -1 stands for a node that has none
  const isId = name === "node.id" || name === "broker.id";
  const standard = isId ? null : (definition.default ?? null);
  if (reasons.length === readings.length)
    return {
      reason: reasons.at(-1)!,
      allowed: isId ? "a whole number from 0 to 2147483647" : allowed(definition),
      standard,
    };
  const later = LATER.find((one) => one.kinds.includes(kind) && one.names.includes(name));
  const reason = later?.faultOf(text);
  return reason === undefined ? undefined : { reason, allowed: later!.allowed, standard };
}

const PROVIDED = /\$\{[^}]*?:[^}]*\}/;

/**
 * Whether a text has a part that a configuration provider fills in, where `config.providers` is set.
 *
 * Source: ConfigTransformer.DEFAULT_PATTERN
 */
export function isProvided(text: string, settings: Readonly<Record<string, string>>): boolean {
  return settings["config.providers"] !== undefined && PROVIDED.test(text);
}

/**
 * Returns a whole number of a broker's settings: as given, else its default. What Kafka refuses is not given.
 *
 * @throws RangeError where neither is a number
 */
export function brokerNumber(settings: Readonly<Record<string, string>>, name: string): number {
  const value = Number(valueOf("broker", settings, name));
  if (Number.isNaN(value)) throw new RangeError(`Cannot read ${name}: it is no number, and has no default`);
  return value;
}

/** Returns a boolean of a broker's settings: as given, else its default. What Kafka refuses is not given. */
export function brokerFlag(settings: Readonly<Record<string, string>>, name: string): boolean {
  return valueOf("broker", settings, name) === true;
}

/** Returns a setting as Kafka parses it: as given, else its default; undefined where there is neither. */
export function valueOf(
  kind: Kind,
  settings: Readonly<Record<string, string>>,
  name: string,
): boolean | bigint | number | string | readonly string[] | undefined {
  const definitions = definitionsOf(kind, name, null);
  const texts = [settings[name], definitions.at(-1)?.default].filter((text) => text !== undefined);
  for (const text of texts) {
    const value = firstValue(name, definitions, text);
    if (value !== undefined) return value;
  }
  return undefined;
}

function firstValue(
  name: string,
  definitions: readonly Definition[],
  text: string,
): ReturnType<typeof valueOf> {
  for (const definition of definitions) {
    const reading = parseSetting(name, definition, text);
    if ("value" in reading) return reading.value;
  }
  return undefined;
}

/**
 * Refuses properties that Kafka would refuse; names that Kafka does not know are left to its warning.
 *
 * @throws TypeError
 */
export function checkProperties(
  properties: Readonly<Record<string, string>>,
  kafka: string | null,
  kind: Kind = "broker",
): void {
  for (const [name, text] of Object.entries(properties)) {
    if (typeof text !== "string")
      throw new TypeError(`Cannot use ${JSON.stringify(text)} for ${name}: Kafka's properties are text`);
    // a file beside these properties may set config.providers
    const refusal = PROVIDED.test(text) ? undefined : refusalOf(kind, name, text, kafka);
    if (refusal !== undefined)
      throw new TypeError(
        printable(
          `Cannot use ${JSON.stringify(text)} for ${name}: ${refusal.reason} (allowed: ${refusal.allowed})`,
        ),
      );
  }
}

interface Later {
  readonly kinds: readonly Kind[];
  readonly names: readonly string[];
  readonly allowed: string;
  faultOf(text: string): string | undefined;
}

const CLIENTS: readonly Kind[] = ["producer", "consumer", "admin"];

/** What Kafka's ConfigDefs let pass. */
const LATER: readonly Later[] = [
  {
    // KafkaConfig.listeners, then the socket or the broker's registration
    kinds: ["broker"],
    names: ["listeners", "advertised.listeners"],
    allowed: "NAME://host:port,… with ports from 0 to 65535",
    faultOf: (text) => firstFault(text, readListener),
  },
  {
    // ClientUtils.parseAddresses
    kinds: CLIENTS,
    names: ["bootstrap.servers"],
    allowed: "host:port,… with ports from 0 to 65535",
    faultOf: (text) => firstFault(text, readBootstrap),
  },
  {
    // tried with 4.4.0: no broker is ever alive for the cluster
    kinds: ["broker"],
    names: ["broker.session.timeout.ms"],
    allowed: "a whole number from 1 to 2147483647",
    faultOf: (text) => belowOne(text, "Kafka takes it, and its controller fences every broker at once"),
  },
  {
    // tried with 4.4.0: FatalExitError
    kinds: ["broker"],
    names: ["broker.heartbeat.interval.ms"],
    allowed: "a whole number from 1 to 2147483647",
    faultOf: (text) => belowOne(text, "Kafka takes it, and the broker ends with a FatalExitError"),
  },
];

function firstFault(text: string, read: (entry: string) => object | { fault: string }): string | undefined {
  return entriesOf(text)
    .map(read)
    .flatMap((one) => ("fault" in one ? [one.fault] : []))[0];
}

function belowOne(text: string, fault: string): string | undefined {
  return Number(text) < 1 ? fault.replace("it", `a value of ${text.trim()}`) : undefined;
}
