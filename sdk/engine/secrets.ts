// The certificates and passwords that a lab makes for a cluster of its own, and where they are meanwhile.
//
//   <state folder>/labs/<lab>/secrets/     0700; ca.pem, <service>.pem: 0600

import { chmodSync, chownSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import type { KafkaService } from "../compose/mod.ts";
import type { Security } from "../model/security.ts";
import { inside } from "../runtime/inside.ts";
import { openOwn } from "../runtime/state-folder.ts";

/** What a compose file finds in its variables before there is a folder. */
export const SECRETS_FOLDER = "/lab-secrets";
export const SECRETS_VARIABLE = "LAB_SECRETS";
export const PASSWORD_VARIABLE = "LAB_PASSWORD";

export interface Secrets {
  /** The text of each file, by name. */
  readonly files: ReadonlyMap<string, string>;
  readonly password: string;
  /** What clients use. */
  readonly security: Security;
}

/** The user that a broker runs as in the images of Apache. */
const IMAGE_USER = 1000;

export interface WriteOptions {
  /** Containers read them, as a user of their own. @default false */
  forContainers?: boolean;
}

/**
 * Writes the files into a lab's folder, and returns the folder that they are in.
 *
 * Where this user is not the containers' user and cannot give files to it, they are readable for all in a
 * folder that nobody else can enter.
 */
export function writeSecrets(
  dir: string,
  { files }: Secrets,
  { forContainers = false }: WriteOptions = {},
): string {
  const folder = path.join(dir, "secrets");
  openOwn(folder);
  for (const [name, text] of files) {
    const file = inside(folder, name);
    writeFileSync(file, text, { mode: 0o600 });
    if (forContainers) giveTo(file, 0o644);
  }
  if (forContainers) giveTo(folder, 0o755);
  return folder;
}

function giveTo(file: string, mode: number): void {
  const own = process.getuid?.();
  if (own === 0) chownSync(file, IMAGE_USER, IMAGE_USER);
  else if (own !== undefined && own !== IMAGE_USER) chmodSync(file, mode);
}

/** The services with the folder that a lab has made in place of the one that its variables named. */
export function withSecretsAt(
  services: readonly KafkaService[],
  folder: string | undefined,
): readonly KafkaService[] {
  if (folder === undefined) return services;
  return services.map((service) => ({
    ...service,
    mounts: service.mounts.map((mount) =>
      mount.source === SECRETS_FOLDER ? { ...mount, source: folder } : mount,
    ),
  }));
}
