// Certificates and a password for a compose file that mounts ${LAB_SECRETS}: made for one cluster, forgotten
// with it.

import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { javaSecurity } from "../client/java/mod.ts";
import { type ComposeProject, kafkaServices } from "../compose/mod.ts";
import { PASSWORD_VARIABLE, type Secrets, SECRETS_FOLDER, SECRETS_VARIABLE } from "../engine/secrets.ts";
import { openWire } from "../kafka/connection.ts";
import { isRefusal, MIN_ITERATIONS, saltedPassword, type ScramMechanism } from "../kafka/security/mod.ts";
import { LabError } from "../model/errors.ts";
import { Security } from "../model/security.ts";
import { makeAuthority } from "../runtime/certificates.ts";
import { secretFolder } from "../runtime/claims.ts";
import { cannotWrite } from "../runtime/disk.ts";
import { propertiesText } from "../runtime/properties-file.ts";

/** The user of a cluster whose secrets the lab makes. */
const USER = "lab";

/** The variables of a compose file that is read for one start. */
export function secretVariables(password: string): Readonly<Record<string, string>> {
  return { [SECRETS_VARIABLE]: SECRETS_FOLDER, [PASSWORD_VARIABLE]: password };
}

/** A password that needs no escape, neither in a compose file nor in one of Java's. */
export function newPassword(): string {
  return randomBytes(24).toString("base64url");
}

/** Makes the secrets of a project whose services mount the lab's folder; undefined where none does. */
export function makeSecrets(project: ComposeProject, password: string): Secrets | undefined {
  const nodes = kafkaServices(project).filter(({ mounts }) =>
    mounts.some(({ source }) => source === SECRETS_FOLDER),
  );
  if (nodes.length === 0) return undefined;
  const authority = makeAuthority("kafka-failure-lab");
  const files = new Map([["ca.pem", authority.cert]]);
  for (const { service, hostNames } of nodes) {
    const { cert, key } = authority.issue(service, ["localhost", "127.0.0.1", ...hostNames]);
    files.set(`${service}.pem`, `${key}${cert}`);
  }
  const client = authority.issue(USER);
  const security = new Security({
    protocol: "SASL_SSL",
    username: USER,
    password,
    ca: authority.cert,
    ...client,
  });
  return { files, password, security };
}

/**
 * Writes the settings of a client of Kafka's own, for programs besides the lab, and returns the file, which
 * lives as long as the cluster.
 *
 * @throws LabError UNSAFE_FOLDER, DISK_FULL, COMMAND_FAILED
 */
export function writeClientSettings(
  lab: string,
  endpoints: readonly string[],
  { security }: Secrets,
): string {
  const file = path.join(secretFolder(lab), "client.properties");
  const settings = { "bootstrap.servers": endpoints.join(","), ...javaSecurity(security) };
  try {
    writeFileSync(file, propertiesText(settings), { mode: 0o600 });
    return file;
  } catch (cause) {
    throw cannotWrite("write the clients' settings", cause, { file, remedy: "lab" });
  }
}

const SCRAM: readonly ScramMechanism[] = ["SCRAM-SHA-256", "SCRAM-SHA-512"];
const REQUEST_MS = 5_000;
const PATIENCE_MS = 20_000;
const PAUSE_MS = 50;

/**
 * Gives the lab's user a password for SCRAM, which only a cluster that serves can keep (KIP-554).
 *
 * @throws LabError COMMAND_FAILED with the broker's reason
 */
export async function createScramUser(
  endpoints: readonly string[],
  { password, security }: Secrets,
  signal: AbortSignal | undefined,
): Promise<void> {
  const credentials = await Promise.all(
    SCRAM.map(async (mechanism) => {
      const how = { salt: randomBytes(16), iterations: MIN_ITERATIONS };
      return {
        user: USER,
        mechanism,
        ...how,
        saltedPassword: await saltedPassword(mechanism, password, how),
      };
    }),
  );
  const deadline = performance.now() + PATIENCE_MS;
  for (let turn = 0; ; turn++) {
    signal?.throwIfAborted();
    const wire = openWire(endpoints[turn % endpoints.length]!, security);
    try {
      // Kafka does not take a user twice in one request
      for (const one of credentials) await wire.alterScram([one], REQUEST_MS);
      return;
    } catch (cause) {
      if (isRefusal(cause)) throw cause;
      if (performance.now() > deadline)
        throw new LabError(
          "COMMAND_FAILED",
          `Cannot create the user ${USER} for SCRAM: ${(cause as Error).message}`,
          { cause, hint: "Is there an active controller?" },
        );
      await wait(PAUSE_MS);
    } finally {
      wire.close();
    }
  }
}
