// Consumers, for the rules about them.

import type { Client, Facts } from "../facts.ts";
import type { Problem } from "../finding.ts";
import { keyFor, settingFor } from "../known/clients.ts";
import { isOpen, numberOf, type Setting } from "../setting.ts";

export function consumers({ clients }: Facts): readonly Client[] {
  return clients.filter(({ role }) => role === "consumer");
}

/** A problem for each consumer for which the function finds one. */
export function eachConsumer(facts: Facts, find: (client: Client) => Problem | null): Problem[] {
  return consumers(facts).flatMap((client) => find(client) ?? []);
}

/** In the protocol of KIP-848 session and heartbeat are the broker's settings. */
export function isClassic({ kind, settings }: Client): boolean {
  return kind === "kafkajs" || settings.of("group.protocol").value.toLowerCase() !== "consumer";
}

export function sessionOf(client: Client): { setting: Setting; ms: number; key: string } {
  const setting = settingFor(client, "session")!;
  return { setting, ms: numberOf(setting.value), key: keyFor(client, "session")! };
}

/** The group of a consumer; null where no file says it, or only the program knows it. */
export function groupOf(client: Client): Setting | null {
  const group = settingFor(client, "group");
  return group === null || group.value.trim() === "" || isUnknown(group) ? null : group;
}

/** True where a value is known only when the program runs; in a manifest also by `$(NAME)`. */
export function isUnknown({ value }: Setting): boolean {
  return isOpen(value) || value.includes("$(");
}

/** A setting as a number, NaN where the client has nothing of the kind. */
export function msOf(setting: Setting | null): number {
  return setting === null ? NaN : numberOf(setting.value);
}

/** True for the clients that Kafka Connect makes, which has its own poll loop and commits by itself. */
export function isOfConnect({ isConnectors }: Client): boolean {
  return isConnectors === true;
}

/** The given setting first: that is where a fix goes. */
export function givenFirst(...found: readonly Setting[]): readonly Setting[] {
  return [...found].sort((a, b) => Number(a.origin === "default") - Number(b.origin === "default"));
}
