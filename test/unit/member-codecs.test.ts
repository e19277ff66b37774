// The codecs that a member with kafkajs reads beside gzip, loaded by its first batch that needs one.

import { Buffer } from "node:buffer";
import { test } from "uvu";
import * as assert from "uvu/assert";

type Registry = Record<
  number,
  () => { compress(): Promise<Buffer>; decompress(bytes: Buffer): Promise<Buffer> }
>;
const codecs = new URL("../../sdk/client/member/codecs.mjs", import.meta.url).href;
const { addCodecs } = (await import(codecs)) as { addCodecs(registry: Registry, url: string): void };
const own = new URL("../../sdk/kafka/codec/mod.ts", import.meta.url).href;

/** `abc`, by Kafka's number of the codec: raw snappy, and a zstd frame of one raw block. */
const ABC: readonly (readonly [codec: number, hex: string])[] = [
  [2, "0308616263"],
  [4, "28b52ffd2003190000616263"],
];

test("addCodecs() gives kafkajs what it has not, for reading", async () => {
  const registry: Registry = {};
  addCodecs(registry, own);
  assert.equal(Object.keys(registry), ["2", "3", "4"]);
  for (const [codec, hex] of ABC)
    assert.is(String(await registry[codec]!().decompress(Buffer.from(hex, "hex"))), "abc", String(codec));
});

test("addCodecs() loads nothing before a batch needs it, and compresses nothing", async () => {
  const registry: Registry = {};
  addCodecs(registry, new URL("nowhere.ts", own).href);
  const refused = await registry[3]!()
    .compress()
    .catch((error: Error) => error.message);
  assert.match(String(refused), /gzip only/);
  const failed = await registry[3]!()
    .decompress(Buffer.from([]))
    .catch((error: Error & { code?: string }) => error.code ?? error.message);
  assert.match(String(failed), /NOT_FOUND|not found/i);
});

test("bytes that are no snappy are an error that names the codec", async () => {
  const registry: Registry = {};
  addCodecs(registry, own);
  const failed = await registry[2]!()
    .decompress(Buffer.from("ff00", "hex"))
    .catch((error: Error) => error.message);
  assert.match(String(failed), /snappy/);
});

test.run();
