// Consumers, for the rules about them.

import type { Client, Facts } from "../facts.ts";
import type { Problem } from "../finding.ts";
import { keyFor, settingFor } from "../known/clients.ts";
import { numberOf, type Setting } from "../setting.ts";

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
