// A setting of a topic or of brokers is changed while they run, as somebody does with an admin client.

import type { Broker } from "../model/broker.ts";
import type { FaultSpec } from "../model/fault.ts";
import type { FaultDefinition } from "./definition.ts";

/** What has settings: a topic, one broker, or all brokers at once. */
export type SettingsOf = { readonly topic: string } | { readonly broker: Broker } | "brokers";

/** A change of settings, as a value. */
export interface ReconfigureSpec extends FaultSpec {
  readonly kind: "reconfigure";
  readonly of: SettingsOf;
  /** By Kafka's names; null takes back what was set on it, so that what it inherits is in force. */
  readonly settings: Readonly<Record<string, string | null>>;
}

export const reconfigure: FaultDefinition = {
  kind: "reconfigure",
  about: "settings of a topic or of brokers are changed while they run",
  noun: "reconfiguration",
  healed: "as before",
  takes: "settings",
  isPredictable: true,
  options: {
    of: { type: "resource", about: "a topic, a broker, or all brokers", isRequired: true },
    settings: { type: "settings", about: "by Kafka's names", isRequired: true },
  },
  details: ({ settings }) => ({ settings: settings as ReconfigureSpec["settings"] }),
  resources: ({ of }) => [resourceName(of as SettingsOf)],
  asked: ({ settings }) =>
    Object.entries(settings as ReconfigureSpec["settings"])
      .map(([name, value]) => (value === null ? `${name} as inherited` : `${name}=${value}`))
      .join(", "),
};

/** `topic orders`, `broker 1`, `all brokers`. */
export function resourceName(of: SettingsOf): string {
  if (of === "brokers") return "all brokers";
  return "topic" in of ? `topic ${of.topic}` : `broker ${of.broker}`;
}
