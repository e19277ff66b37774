// IncrementalAlterConfigs, API key 44, version 0 (IncrementalAlterConfigsRequest.json, KIP-339), and
// DescribeConfigs, API key 32, version 1, of named settings of any resource.

import { Buffer } from "node:buffer";
import { fields, type KafkaRequest, reader, sized } from "./bytes.ts";

/** What has settings (ConfigResource.java). The name of a broker is its node id; all brokers have `""`. */
export interface ConfigResource {
  type: "topic" | "broker";
  name: string;
}

const TYPES = { topic: 2, broker: 4 } as const;
/** AlterConfigOp.java */
const [SET, DELETE] = [0, 1];
/** DescribeConfigsResponse.ConfigSource: set on the resource itself, not inherited. */
const OWN: Readonly<Record<ConfigResource["type"], readonly number[]>> = { topic: [1], broker: [2] };
const OWN_OF_ALL = [3];

/** Sets a resource's settings; null takes back what was set, so that what is inherited is in force. */
export function alterConfigsRequest(
  { type, name }: ConfigResource,
  settings: Readonly<Record<string, string | null>>,
): KafkaRequest {
  const entries = Object.entries(settings).map(([key, value]) =>
    Buffer.concat([
      sized(key),
      fields([1, value === null ? DELETE : SET]),
      value === null ? fields([2, -1]) : sized(value),
    ]),
  );
  const body = [
    fields([4, 1], [1, TYPES[type]]),
    sized(name),
    fields([4, entries.length]),
    ...entries,
    fields([1, 0]), // not only validated
  ];
  return { api: 44, version: 0, body: Buffer.concat(body) };
}

export function decodeAlterConfigs(body: Buffer): { errorCode: number; errorMessage: string | null } {
  const read = reader(body);
  read.i32(); // throttle time
  const [answer] = read.array(() => {
    const row = { errorCode: read.i16(), errorMessage: read.text() };
    read.i8();
    read.text();
    return row;
  });
  return answer ?? { errorCode: -1, errorMessage: null };
}

export function describeNamedRequest({ type, name }: ConfigResource, names: readonly string[]): KafkaRequest {
  const body = [
    fields([4, 1], [1, TYPES[type]]),
    sized(name),
    fields([4, names.length]),
    ...names.map(sized),
    fields([1, 0]),
  ];
  return { api: 32, version: 1, body: Buffer.concat(body) };
}

/** One setting of a resource. */
export interface NamedConfig {
  /** What is in force; null for what has no value, or is secret. */
  value: string | null;
  /** Whether it was set on the resource itself, while the brokers ran. */
  isOwn: boolean;
}

export function decodeNamed(
  body: Buffer,
  { type, name }: ConfigResource,
): { errorCode: number; settings: Record<string, NamedConfig> } {
  const own = type === "broker" && name === "" ? OWN_OF_ALL : OWN[type];
  const read = reader(body);
  read.i32(); // throttle time
  const [answer] = read.array(() => {
    const errorCode = read.i16();
    read.text();
    read.i8();
    read.text();
    const entries = read.array(() => {
      const [key, value] = [read.text() ?? "", read.text()];
      read.i8(); // read-only
      const source = read.i8();
      read.i8(); // sensitive
      read.array(() => [read.text(), read.text(), read.i8()]); // synonyms
      return [key, { value, isOwn: own.includes(source) }] as const;
    });
    return { errorCode, settings: Object.fromEntries(entries) };
  });
  return answer ?? { errorCode: -1, settings: {} };
}
