// AlterUserScramCredentials, API key 51, version 0 (AlterUserScramCredentialsRequest.json, KIP-554).

import { Buffer } from "node:buffer";
import { compactBytes, fields, type KafkaRequest, reader, varint } from "./bytes.ts";

/** A user's password for one mechanism, salted as the broker keeps it. */
export interface ScramCredential {
  user: string;
  mechanism: "SCRAM-SHA-256" | "SCRAM-SHA-512";
  iterations: number;
  salt: Buffer;
  saltedPassword: Buffer;
}

export function alterScramRequest(credentials: readonly ScramCredential[]): KafkaRequest {
  const upserts = credentials.map(({ user, mechanism, iterations, salt, saltedPassword }) =>
    Buffer.concat([
      compactBytes(Buffer.from(user)),
      fields([1, mechanism === "SCRAM-SHA-256" ? 1 : 2], [4, iterations]),
      compactBytes(salt),
      compactBytes(saltedPassword),
      Buffer.from([0]),
    ]),
  );
  const noDeletions = Buffer.from([1]);
  const body = Buffer.concat([noDeletions, varint(upserts.length + 1), ...upserts, Buffer.from([0])]);
  return { api: 51, version: 0, flexible: true, body };
}

/** One row a user. */
export function decodeAlterScram(
  body: Buffer,
): { user: string; errorCode: number; errorMessage: string | null }[] {
  const read = reader(body);
  read.tags(); // of the header
  read.i32(); // throttle time
  return read.compact(() => {
    const row = { user: read.compactText() ?? "", errorCode: read.i16(), errorMessage: read.compactText() };
    read.tags();
    return row;
  });
}
