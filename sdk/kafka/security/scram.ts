// The client's side of SCRAM (RFC 5802), as Kafka has it (KIP-84: no channel binding, names in UTF-8).

import { Buffer } from "node:buffer";
import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

export type ScramMechanism = "SCRAM-SHA-256" | "SCRAM-SHA-512";

interface Hash {
  name: "sha256" | "sha512";
  bytes: number;
}

const HASHES: Readonly<Record<ScramMechanism, Hash>> = {
  "SCRAM-SHA-256": { name: "sha256", bytes: 32 },
  "SCRAM-SHA-512": { name: "sha512", bytes: 64 },
};

/** Kafka's least number of iterations (ScramMechanism.java). */
export const MIN_ITERATIONS = 4_096;
/** More would be a broker's way to keep this machine busy. */
const MOST_ITERATIONS = 1_000_000;

/** The password as the broker keeps it. */
export async function saltedPassword(
  mechanism: ScramMechanism,
  password: string,
  { salt, iterations }: { salt: Buffer; iterations: number },
): Promise<Buffer> {
  const { name, bytes } = HASHES[mechanism];
  return await promisify(pbkdf2)(password, salt, iterations, bytes, name);
}

/** A conversation: what the client says first, and what it answers to the server's first message. */
export interface Scram {
  readonly first: string;
  /** @throws Error where the server's message is not one of SCRAM */
  final(serverFirst: string): Promise<{ text: string; isServers(serverFinal: string): boolean }>;
}

export function scramClient(
  mechanism: ScramMechanism,
  { username, password }: { username: string; password: string },
  nonce: string = randomBytes(24).toString("base64url"),
): Scram {
  const { name } = HASHES[mechanism];
  const hmac = (key: Buffer, text: string): Buffer => createHmac(name, key).update(text).digest();
  const bare = `n=${username.replaceAll("=", "=3D").replaceAll(",", "=2C")},r=${nonce}`;
  return {
    first: `n,,${bare}`,
    async final(serverFirst) {
      const said = attributesOf(serverFirst);
      const [both = "", salt = "", iterations = 0] = [said.get("r"), said.get("s"), Number(said.get("i"))];
      if (!both.startsWith(nonce) || salt === "" || !(iterations >= 1 && iterations <= MOST_ITERATIONS))
        throw new Error("the broker's answer is not one of SCRAM");
      const salted = await saltedPassword(mechanism, password, {
        salt: Buffer.from(salt, "base64"),
        iterations,
      });
      const withoutProof = `c=biws,r=${both}`; // biws: "n,,", no channel binding
      const signed = `${bare},${serverFirst},${withoutProof}`;
      const clientKey = hmac(salted, "Client Key");
      const signature = hmac(createHash(name).update(clientKey).digest(), signed);
      const proof = Buffer.from(clientKey.map((byte, at) => byte ^ signature[at]!));
      const server = hmac(hmac(salted, "Server Key"), signed);
      return {
        text: `${withoutProof},p=${proof.toString("base64")}`,
        isServers(serverFinal) {
          const given = Buffer.from(attributesOf(serverFinal).get("v") ?? "", "base64");
          return given.length === server.length && timingSafeEqual(given, server);
        },
      };
    },
  };
}

function attributesOf(message: string): ReadonlyMap<string, string> {
  return new Map(message.split(",").map((one) => [one.slice(0, 1), one.slice(2)]));
}
