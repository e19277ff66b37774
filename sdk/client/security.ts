// Security as each client takes it: kafkajs as an object, Kafka's own client as properties.
//
//   SecurityOptions ─readSecurity─▶ Security ─┬▶ kafka/security/   the lab's own connections
//   (paths or PEM)                 (PEM)      ├▶ kafkajsSecurity   ssl, sasl
//                                             └▶ java/security.ts  security.protocol, sasl.*, ssl.*

import type { KafkaConfig, SASLOptions } from "kafkajs";
import { tlsOptions } from "../kafka/security/mod.ts";
import { Security, type SecurityOptions } from "../model/security.ts";
import { readText } from "../runtime/read-file.ts";

const PEMS = ["ca", "cert", "key"] as const;

/**
 * Reads the files that the options name.
 *
 * @param over what the options are given for in part: a probe's for the lab's
 * @throws TypeError for what cannot work together, and for a file that is no PEM; LabError BAD_CLIENT for one
 *   that cannot be read
 */
export function readSecurity(options: SecurityOptions | undefined, over?: Security): Security | undefined {
  if (options === undefined) return over;
  const read: SecurityOptions = { ...options };
  for (const name of PEMS) {
    const given = options[name];
    if (given !== undefined) read[name] = isPem(given) ? given : readPem(name, given);
  }
  return over === undefined ? new Security(read) : over.with(read);
}

function isPem(text: string): boolean {
  return text.includes("-----BEGIN ");
}

function readPem(name: (typeof PEMS)[number], file: string): string {
  const text = readText(file, { code: "BAD_CLIENT", what: `read security.${name}`, shown: file });
  if (isPem(text)) return text;
  throw new TypeError(`Cannot use security.${name}: the file is no PEM, which has lines "-----BEGIN …-----"`);
}

/** The settings of kafkajs. */
export function kafkajsSecurity(security: Security | undefined): Pick<KafkaConfig, "ssl" | "sasl"> {
  if (security === undefined) return {};
  const { mechanism, username = "" } = security;
  const { password } = security.reveal();
  const sasl = { mechanism: mechanism.toLowerCase(), username, password } as SASLOptions;
  return {
    ...(security.isTls ? { ssl: tlsOptions(security) } : {}),
    ...(security.isSasl ? { sasl } : {}),
  };
}
