// The codecs that kafkajs reads only where a program brings them: snappy, lz4 and zstd. They are loaded with
// the first batch that needs one, so that a member starts without them.

import process from "node:process";

/** By their numbers in the attributes of a batch (CompressionType.java). */
const CODECS = [2, 3, 4];

/**
 * Gives them to kafkajs, for reading.
 *
 * @param registry kafkajs's CompressionCodecs
 * @param url the lab's own codecs (kafka/codec/mod)
 */
export function addCodecs(registry, url) {
  let loaded;
  for (const codec of CODECS)
    registry[codec] = () => ({
      compress: () => Promise.reject(new Error(`kafkajs compresses with gzip only, not with codec ${codec}`)),
      async decompress(bytes) {
        const { decompress } = await (loaded ??= load(url));
        return decompress(codec, bytes);
      },
    });
}

/** From the package; in the repository from its source, with tsx where the runtime reads no TypeScript. */
async function load(url) {
  const readsTypeScript = process.versions.deno !== undefined || Boolean(process.features.typescript);
  if (url.endsWith(".ts") && !readsTypeScript) (await import("tsx/esm/api")).register();
  return await import(url);
}
