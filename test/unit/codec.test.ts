// Every codec that Kafka has, in the forms in which clients write it.

import { Buffer } from "node:buffer";
import { gunzipSync, gzipSync } from "node:zlib";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { decompress } from "../../sdk/kafka/codec/mod.ts";
import { UnreadableRecords } from "../../sdk/kafka/unreadable.ts";

/** More than one block of 64 KiB. */
const PLAIN = Buffer.from(
  `${Array.from({ length: 9000 }, (_, n) => `order ${n % 7}\n`).join("")}the end of it: €`,
);

/** Written by snappyjs, lz4 1.9.4 and zstd 1.5.4; in gzip and base64 to be short. */
const WRITTEN: readonly (readonly [what: string, codec: number, bytes: string])[] = [
  [
    "snappy without a framing",
    2,
    "H4sIAAAAAAACA7u0iUUmvygltUjBgIuTg8GQl4PBCIiNgdgEiE2B2IyX458FwygaRaNoFI2iUTSKRtEoGkWjaNijdx" +
      "YMnBbQHoIRqIeA1jNgMOAF9xpGQ4qUAHUpyUhVSM1LUchPU8gssVJ41LQGAITW7xmJDQAA",
  ],
  [
    "snappy in the framing of Java",
    2,
    "H4sIAAAAAAACA2sK9nMMCIhkAAJGCGZTbWhgkskvSkktUjDg4uRgMOTlYDACYmMgNgFiUyA24+X4Z8EwikbRKBpFo2" +
      "hEoXcWDJwWqBWFIaiiwFJJMBiMVhSjaBSNolE0YisKxrRLRtB6wghUT2CpI0CdjNHwIiVYXUoyUhVS81IU8tMUMkus" +
      "FB41rQEAEd6gU8wNAAA=",
  ],
  [
    "lz4 with independent blocks",
    3,
    "H4sIAAAAAAACA2NR8pVIcViuy8jA0JRflJJapGDAxcEgbAjERkBsDMQmQGwKxGYcDPwWDP9HOFgVAAwjQ64QBniAGX" +
      "FhBpSwASQQ8QUYxwfmkoxUhdS8FIX8NIXMEiuFR01rgMYyHAsUFQMA9cCIPpgBAAA=",
  ],
  [
    "lz4 with linked blocks, block checksums and its size",
    3,
    "H4sIAAAAAAACA2NR8pWIcQiSZGQAgQ3aQLopvygltUjBgIuDQdgQiI2A2BiITYDYlINB34zLguH/CAcbAoAhZMj1u+" +
      "RooyEw3PjxhIjbB+aSjFSF1LwUhfw0hcwSK4VHTWvOJ83UAwX4sUBRMQA5JdDbgwEAAA==",
  ],
  [
    "zstd without its size",
    4,
    "H4sIAAAAAAACA9PYqv+XJSI0h0HLZJ6p5AHVXsb/+b/KeT02BFzIyQ7dqL90ihB71peWIGZ/IAx+V3Qq1m/nac1yy6" +
      "d6y+88nbJ7TtH0UcFRwVFBUgWVjHhYDwZwjAbHqOCoILUEeUbDYlRwVJBagvxsrOzMDwwMmLiaHQJ6nB44TBkNllHB" +
      "UUEKBWMWq68QYfgf/Xg/g4gDw39mBhg4uezs3///5Tf231cDAAxST1+XDQAA",
  ],
  [
    "zstd with its size",
    4,
    "H4sIAAAAAAACA9PYqv93SZAkI8NWRgYRpvyilNQiBQMuQyNjE1MzrpKMVIXUvBSF/DSFzBIrhUdNa9gZWCWjU1n6GN" +
      "UPyBbwWBiuKWDc2H9fDQAioHOJRgAAAA==",
  ],
];
const cases: readonly (readonly [what: string, codec: number, bytes: Buffer])[] = [
  ["nothing", 0, PLAIN],
  ["gzip", 1, gzipSync(PLAIN)],
  ...WRITTEN.map(([what, codec, bytes]) => [what, codec, gunzipSync(Buffer.from(bytes, "base64"))] as const),
];

const fails = (run: () => unknown, reason: UnreadableRecords["reason"]): void =>
  assert.throws(run, (error: unknown) => error instanceof UnreadableRecords && error.reason === reason);

for (const [what, codec, bytes] of cases) {
  test(`decompress() reads ${what}`, () => assert.ok(decompress(codec, bytes).equals(PLAIN)));
  if (codec === 0) continue;
  test(`decompress() refuses ${what} that is larger than the limit`, () =>
    fails(() => decompress(codec, bytes, { maxBytes: PLAIN.length - 1 }), "size"));
  test(`decompress() refuses ${what} that is cut off anywhere`, () => {
    // the frame's own checksum at the end, which is not compared, may be missing
    for (let end = 0; end < bytes.length - 4; end += 1 + Math.floor(bytes.length / 50))
      fails(() => decompress(codec, bytes.subarray(0, end)), "corrupt");
  });
  test(`decompress() of ${what} with a wrong byte ends, with other bytes or an error of its own`, () => {
    for (let at = 0; at < bytes.length; at += 1 + Math.floor(bytes.length / 200)) {
      const wrong = Buffer.from(bytes);
      wrong[at] = wrong[at]! ^ 0xff;
      try {
        assert.ok(decompress(codec, wrong).length < 1 << 28);
      } catch (error) {
        assert.instance(error, UnreadableRecords);
      }
    }
  });
}
test("decompress() refuses a codec that Kafka does not have", () =>
  fails(() => decompress(5, PLAIN), "codec"));

test.run();
