// Gives kafkajs the codecs that it reads only where a program brings them: snappy, lz4 and zstd.

import type { Buffer } from "node:buffer";
import kafkajs from "kafkajs";
import { CODECS, decompress } from "../kafka/codec/mod.ts";

/** What kafkajs asks of a codec (protocol/message/compression). */
interface Codec {
  compress(encoder: unknown): Promise<Buffer>;
  decompress(bytes: Buffer): Promise<Buffer>;
}

let areAdded = false;

/**
 * Adds them for reading; a codec that the program registered itself, before or after, is used instead.
 * Compression stays kafkajs's own error.
 */
export function addCodecs(): void {
  if (areAdded) return;
  areAdded = true;
  const registry = kafkajs.CompressionCodecs as unknown as Record<number, () => Codec>;
  for (const codec of [CODECS.indexOf("snappy"), CODECS.indexOf("lz4"), CODECS.indexOf("zstd")]) {
    const before = registry[codec]!;
    registry[codec] = () => registered(before) ?? ours(codec, before);
  }
}

/** kafkajs throws where there is none. */
function registered(before: () => Codec): Codec | undefined {
  try {
    return before();
  } catch {
    return undefined;
  }
}

function ours(codec: number, before: () => Codec): Codec {
  return {
    compress: (encoder) => Promise.resolve().then(() => before().compress(encoder)),
    decompress: (bytes) => Promise.resolve().then(() => decompress(codec, bytes)),
  };
}
