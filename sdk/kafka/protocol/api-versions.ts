// ApiVersions, API key 18, version 3 (ApiVersionsRequest.json), for the cluster's features (KIP-584).

import { Buffer } from "node:buffer";
import { type KafkaRequest, reader } from "./bytes.ts";

/** What a broker says of the cluster's features (KIP-584), of which metadata.version is one. */
export interface FeaturesAnswer {
  /** By name, the levels that the broker can work with. */
  supported: ReadonlyMap<string, { min: number; max: number }>;
  /** By name, the level that the metadata log gives. */
  finalized: ReadonlyMap<string, number>;
}

/** The client's name and version, in the compact form of KIP-482. */
export const API_VERSIONS: KafkaRequest = {
  api: 18,
  version: 3,
  flexible: true,
  body: Buffer.concat([
    Buffer.from([4]),
    Buffer.from("lab"),
    Buffer.from([2]),
    Buffer.from("0"),
    Buffer.from([0]),
  ]),
};

/**
 * The features are among the tags at the end: 0 what is supported, 2 what is finalized
 * (ApiVersionsResponse.json).
 */
export function decodeFeatures(body: Buffer): FeaturesAnswer {
  const read = reader(body);
  read.i16(); // error code
  read.compact(() => {
    read.skip(6); // api key, first and last version
    read.tags();
  });
  read.i32(); // throttle time
  const tagged = read.tags();
  const levels = (tag: number): [name: string, first: number, second: number][] => {
    const bytes = tagged.get(tag);
    if (bytes === undefined) return [];
    const one = reader(bytes);
    return one.compact(() => {
      const level: [string, number, number] = [one.compactText() ?? "", one.i16(), one.i16()];
      one.tags();
      return level;
    });
  };
  return {
    supported: new Map(levels(0).map(([name, min, max]) => [name, { min, max }])),
    finalized: new Map(levels(2).map(([name, max]) => [name, max])),
  };
}
