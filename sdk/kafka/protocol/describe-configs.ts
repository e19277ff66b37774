// DescribeConfigs, API key 32, version 1 (DescribeConfigsRequest.json), of one broker, without synonyms.

import { Buffer } from "node:buffer";
import { fields, type KafkaRequest, reader, sized } from "./bytes.ts";

/** A broker's answer to DescribeConfigs about itself. */
export interface ConfigsAnswer {
  errorCode: number;
  /** What is in force, defaults included, by Kafka's names; without what is sensitive or null. */
  values: Record<string, string>;
}

/** ConfigResource.java: the type of a broker. */
const BROKER = 4;

/** Asks a broker for all of its settings; only that broker itself answers. */
export function describeConfigsRequest(nodeId: number): KafkaRequest {
  const body = [fields([4, 1], [1, BROKER]), sized(String(nodeId)), fields([4, -1], [1, 0])];
  return { api: 32, version: 1, body: Buffer.concat(body) };
}

export function decodeConfigs(body: Buffer): ConfigsAnswer {
  const read = reader(body);
  read.i32(); // throttle time
  const [answer] = read.array((): ConfigsAnswer => {
    const errorCode = read.i16();
    read.text(); // message
    read.i8(); // resource type
    read.text(); // resource name
    const entries = read.array(() => {
      const [name, value] = [read.text() ?? "", read.text()];
      read.skip(2); // read-only, source
      const isSensitive = read.i8() !== 0;
      read.array(() => {
        read.text(); // synonym
        read.text();
        read.i8();
      });
      return value === null || isSensitive ? [] : [[name, value] as const];
    });
    return { errorCode, values: Object.fromEntries(entries.flat()) };
  });
  return answer ?? { errorCode: -1, values: {} };
}
