// Producers, for the rules about them: their settings, and whether they are idempotent.

import type { Client, Facts } from "../facts.ts";
import type { Problem } from "../finding.ts";
import type { Fix } from "../fix.ts";
import { isAll, keyFor, settingFor, type Word } from "../known/clients.ts";
import type { Setting } from "../setting.ts";
import { isKnown } from "./words.ts";

/** All producers. */
export function producers({ clients }: Facts): readonly Client[] {
  return clients.filter(({ role }) => role === "producer");
}

/** A problem for each producer for which the function finds one. */
export function eachProducer(facts: Facts, find: (client: Client) => Problem | null): Problem[] {
  return producers(facts).flatMap((client) => find(client) ?? []);
}

/** Like `eachProducer`, for Kafka's Java client only. */
export function eachJavaProducer(facts: Facts, find: (client: Client) => Problem | null): Problem[] {
  return eachProducer(facts, (client) => (client.kind === "java" ? find(client) : null));
}

/** A producer's setting, by the name that all clients share. */
export function need(client: Client, word: Word): Setting {
  return (
    settingFor(client, word) ?? {
      key: word,
      written: word,
      value: "",
      origin: "default",
      location: client.settings.location,
    }
  );
}

/** The fix that writes a setting of this producer. */
export function set(client: Client, word: Word, value: string): Fix {
  return client.settings.set(keyFor(client, word) ?? word, value);
}

/**
 * Why a producer is not idempotent, or null if it is
 * (ProducerConfig.postProcessAndValidateIdempotenceConfigs).
 */
export function notIdempotent(client: Client): Setting | null {
  const idempotent = need(client, "idempotent");
  if (!isKnown(idempotent)) return null;
  if (idempotent.value.toLowerCase() !== "true") return idempotent;
  if (client.kind !== "java" || idempotent.origin === "file") return null;
  const { settings } = client;
  const spoils = [
    !isAll(settings.of("acks").value) && isKnown(settings.of("acks")) ? "acks" : null,
    settings.number("retries") === 0 ? "retries" : null,
    settings.number(IN_FLIGHT) > 5 ? IN_FLIGHT : null,
  ];
  const key = spoils.find((found) => found !== null);
  return key == null ? null : settings.of(key);
}

export const IN_FLIGHT: string = "max.in.flight.requests.per.connection";
