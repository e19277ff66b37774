// SASL on a connection (KIP-43, KIP-152): SaslHandshake names the mechanism, SaslAuthenticate carries its
// messages.

import { Buffer } from "node:buffer";
import type { Security } from "../../model/security.ts";
import { errorName } from "../error-codes.ts";
import {
  decodeSaslAuthenticate,
  decodeSaslHandshake,
  type KafkaRequest,
  saslAuthenticateRequest,
  saslHandshakeRequest,
} from "../protocol/mod.ts";
import { authenticationFailure } from "./failure.ts";
import { scramClient } from "./scram.ts";

/** Sends one request and returns the body of its answer. */
export type Ask = (request: KafkaRequest) => Promise<Buffer>;

/** @throws LabError AUTHENTICATION; what `ask` throws */
export async function authenticate(ask: Ask, address: string, security: Security): Promise<void> {
  const { mechanism, username = "" } = security;
  const { password } = security.reveal();
  const refused = (why: string): Error => authenticationFailure(address, security, why);
  const handshake = decodeSaslHandshake(await ask(saslHandshakeRequest(mechanism)));
  if (handshake.errorCode !== 0) {
    const known = handshake.mechanisms.length === 0 ? "" : `, it has ${handshake.mechanisms.join(", ")}`;
    throw refused(`the listener answers ${errorName(handshake.errorCode)}${known}`);
  }
  const say = async (text: string): Promise<string> => {
    const answer = decodeSaslAuthenticate(await ask(saslAuthenticateRequest(Buffer.from(text))));
    if (answer.errorCode !== 0) throw refused(answer.errorMessage ?? errorName(answer.errorCode));
    return answer.bytes.toString("utf8");
  };
  if (mechanism === "PLAIN") return void (await say(`\0${username}\0${password}`));
  const scram = scramClient(mechanism, { username, password });
  const { text, isServers } = await scram.final(await say(scram.first)).catch((error: unknown) => {
    throw error instanceof Error && error.message.includes("SCRAM") ? refused(error.message) : error;
  });
  if (!isServers(await say(text))) throw refused("the broker does not know the password itself");
}
