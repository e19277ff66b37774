// The application's settings: every one written out, with its default, from a file or from flags.

import process from "node:process";
import { table } from "@kafka-failure-lab/sdk";
import { printError } from "@kafka-failure-lab/sdk/scenario";
import {
  fromReader,
  type Kind,
  MAX_PORT,
  orHelp,
  readArguments,
  readBootstrap,
  milliseconds as readMilliseconds,
  readText,
  topicNameFault,
  UsageError,
} from "@kafka-failure-lab/sdk/testing";
import { LAB } from "./labs.ts";

const NAME = "scripts/app.ts";
export const VALUE = "Hello, Kafka!";
/** Times in milliseconds. */
export interface Settings {
  bootstrap: string[];
  topic: string;
  group: string;
  acks: -1 | 0 | 1;
  idempotent: boolean;
  requestTimeout: number;
  connectionTimeout: number;
  retries: number;
  initialRetryTime: number;
  maxRetryTime: number;
  deliveryTimeout: number;
  sessionTimeout: number;
  port: number;
  consumer: boolean;
}

interface Setting<T> {
  standard: string | number | boolean;
  read(value: unknown, name: string): T;
  value: string;
  about: string;
}

/** Every setting: its default, how it is read from a file or a flag, and its place in --help. */
const SETTINGS: { readonly [Name in keyof Settings]: Setting<Settings[Name]> } = {
  bootstrap: { standard: "localhost:9092", read: addresses, value: "LIST", about: "host:port,… of brokers" },
  topic: { standard: "my_topic", read: topicName, value: "NAME", about: "" },
  group: { standard: "my-group", read: text, value: "NAME", about: "the consumer's group" },
  acks: {
    standard: "all",
    read: acknowledgement,
    value: "0|1|all",
    about: "which replicas must have a message before it is acknowledged",
  },
  idempotent: {
    standard: false,
    read: yesOrNo,
    value: "",
    about: "brokers drop repeated messages; needs acks all",
  },
  requestTimeout: { standard: "30s", read: milliseconds, value: "TIME", about: "limit for each request" },
  connectionTimeout: {
    standard: "1s",
    read: milliseconds,
    value: "TIME",
    about: "limit for each connection attempt",
  },
  retries: { standard: 5, read: count, value: "N", about: "attempts after the first" },
  initialRetryTime: {
    standard: "300ms",
    read: milliseconds,
    value: "TIME",
    about: "back-off before the first of them; it doubles",
  },
  maxRetryTime: { standard: "30s", read: milliseconds, value: "TIME", about: "the longest back-off" },
  deliveryTimeout: {
    standard: "2m",
    read: milliseconds,
    value: "TIME",
    about:
      "for a whole send with its retries, as in the Java client; kafkajs has no such limit, and some " +
      "sends never end",
  },
  sessionTimeout: {
    standard: "30s",
    read: milliseconds,
    value: "TIME",
    about: "after which Kafka removes a consumer that is silent; a crashed consumer waits for it",
  },
  port: { standard: 8080, read: port, value: "N", about: "the port on 127.0.0.1; 0 takes a free one" },
  consumer: { standard: true, read: yesOrNo, value: "", about: "consumes, too; --no-consumer only sends" },
};

/** Reads flags over a file over the defaults; what is wrong ends the program with a sentence. */
export function readSettings(argv: readonly string[]): Settings {
  return orHelp(NAME, help, () => read(argv));
}

const raw: Kind<string> = (_, value) => value;

function read(argv: readonly string[]): Settings | null {
  const options: Record<string, "flag" | Kind<string>> = { settings: raw };
  for (const [name, { standard }] of Object.entries(SETTINGS)) {
    const isFlag = typeof standard === "boolean";
    options[flagOf(name)] = isFlag ? "flag" : raw;
    if (isFlag) options[`no-${flagOf(name)}`] = "flag";
  }
  const given = readArguments(argv, options);
  if (given === null) return null;
  const { values } = given;
  const file = typeof values["settings"] === "string" ? fromFile(fromReader(values["settings"])) : {};
  const found = Object.fromEntries(
    Object.entries(SETTINGS).map(([name, { standard, read }]) => {
      const given = values[flagOf(name)];
      const flag = values[`no-${flagOf(name)}`] === true ? false : given === false ? undefined : given;
      return [name, read(flag ?? file[name] ?? standard, flag === undefined ? name : `--${flagOf(name)}`)];
    }),
  ) as unknown as Settings;
  if (found.idempotent && found.acks !== -1)
    throw new UsageError(`Cannot send idempotently with acks ${found.acks}: it needs acks all`);
  return found;
}

/**
 * Reads a file of settings; one that nothing would read is an error, since to be ignored silently is what
 * cost the posted experiment a day.
 */
function fromFile(path: string): Readonly<Record<string, unknown>> {
  const written = readText(path, { code: "BAD_CONFIGURATION", what: `read the settings in ${path}` });
  let given: unknown;
  try {
    given = JSON.parse(written);
  } catch (error) {
    throw new UsageError(`Cannot read the settings in ${path}: ${messageOf(error)}`);
  }
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw new UsageError(
      `Cannot read the settings in ${path}: expected an object such as {"bootstrap": "localhost:9092"}`,
    );
  const stranger = Object.keys(given).find((name) => !Object.hasOwn(SETTINGS, name));
  if (stranger !== undefined)
    throw new UsageError(
      `Cannot use the setting ${stranger} in ${path}: there are ${Object.keys(SETTINGS).join(", ")}`,
    );
  return given as Record<string, unknown>;
}

function addresses(value: unknown, name: string): string[] {
  const list = Array.isArray(value)
    ? value
    : String(value)
        .split(",")
        .map((one) => one.trim())
        .filter((one) => one !== "");
  const isAddress = (one: unknown): boolean =>
    /^[^\s:]+:\d+$/.test(String(one)) && !("fault" in readBootstrap(String(one)));
  if (list.length === 0 || !list.every(isAddress))
    throw new UsageError(
      `Cannot use ${name} ${JSON.stringify(value)}: expected host:port,… such as localhost:9092`,
    );
  return list.map(String);
}

function text(value: unknown, name: string): string {
  if (typeof value === "string" && value !== "") return value;
  throw new UsageError(`Cannot use ${name} ${JSON.stringify(value)}: expected a name`);
}

function topicName(value: unknown, name: string): string {
  const topic = text(value, name);
  const fault = topicNameFault(topic);
  if (fault === undefined) return topic;
  throw new UsageError(`Cannot use ${name} ${JSON.stringify(value)}: Topic name is invalid: ${fault}`);
}

function acknowledgement(value: unknown, name: string): -1 | 0 | 1 {
  const found = ({ all: -1, "-1": -1, "0": 0, "1": 1 } as const)[String(value)];
  if (found === undefined)
    throw new UsageError(`Cannot use ${name} ${JSON.stringify(value)}: expected 0, 1 or all`);
  return found;
}

function milliseconds(value: unknown, name: string): number {
  return readMilliseconds(name, String(value));
}

function count(value: unknown, name: string): number {
  if (/^\d{1,9}$/.test(String(value))) return Number(value);
  throw new UsageError(`Cannot use ${name} ${JSON.stringify(value)}: expected a whole number, 0 or more`);
}

function port(value: unknown, name: string): number {
  if (/^\d{1,5}$/.test(String(value)) && Number(value) <= MAX_PORT) return Number(value);
  throw new UsageError(`Cannot use ${name} ${JSON.stringify(value)}: expected a port, 0 to ${MAX_PORT}`);
}

function yesOrNo(value: unknown, name: string): boolean {
  if (typeof value === "boolean") return value;
  throw new UsageError(`Cannot use ${name} ${JSON.stringify(value)}: expected true or false`);
}

function flagOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function help(): string {
  const rows = Object.entries(SETTINGS).map(([name, { standard, value, about }]) => [
    `--${flagOf(name)} ${value}`,
    [about, typeof standard === "boolean" ? "" : `(default ${standard})`].filter(Boolean).join(" "),
  ]);
  const lines = table([
    ...rows,
    ["--settings FILE", 'JSON with the same names: {"requestTimeout": "10m"}; flags win'],
    ["-h, --help", "this text"],
  ]);
  return [
    `${NAME}: GET /sendMessage sends "${VALUE}" to Kafka; a consumer prints what it receives`,
    "",
    ...lines.map((line) => `  ${line}`),
    "",
    "A TIME is 30s, 1m30s or 250ms; a bare number is milliseconds.",
    `The three-broker cluster of the lab, with docker: --bootstrap ${LAB.join(",")}`,
    "With the local engine each lab has ports of its own: lab.bootstrap lists them.",
  ].join("\n");
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function fail(message: string): never {
  printError(message);
  process.exit(1);
}
