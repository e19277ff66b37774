// An entry of a message by which a broker refuses its settings.

import type { Entry } from "../entry.ts";

/** Makes the entry; without a source it is the class that checks a broker's settings. */
export function setting(entry: Omit<Entry, "source"> & { source?: string }): Entry {
  return {
    source: "apache/kafka KafkaConfig.scala, validateValues",
    ...entry,
  };
}
