// SaslHandshake, API key 17, version 1 (SaslHandshakeRequest.json), and SaslAuthenticate, API key 36,
// version 0 (SaslAuthenticateRequest.json).

import { Buffer } from "node:buffer";
import { type KafkaRequest, reader, sized } from "./bytes.ts";

export function saslHandshakeRequest(mechanism: string): KafkaRequest {
  return { api: 17, version: 1, body: sized(mechanism) };
}

export function decodeSaslHandshake(body: Buffer): { errorCode: number; mechanisms: string[] } {
  const read = reader(body);
  return { errorCode: read.i16(), mechanisms: read.array(() => read.text() ?? "") };
}

export function saslAuthenticateRequest(bytes: Buffer): KafkaRequest {
  const size = Buffer.alloc(4);
  size.writeInt32BE(bytes.length);
  return { api: 36, version: 0, body: Buffer.concat([size, bytes]) };
}

export interface SaslAnswer {
  errorCode: number;
  /** The broker's own text where it refuses. */
  errorMessage: string | null;
  bytes: Buffer;
}

export function decodeSaslAuthenticate(body: Buffer): SaslAnswer {
  const read = reader(body);
  const [errorCode, errorMessage] = [read.i16(), read.text()];
  return { errorCode, errorMessage, bytes: read.bytes(Math.max(read.i32(), 0)) };
}
