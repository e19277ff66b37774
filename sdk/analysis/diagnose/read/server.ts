// One node from a server.properties.

import type { Node } from "../facts.ts";
import { BROKER_DEFAULTS } from "../known/broker.ts";
import { settings } from "../setting.ts";
import type { Text } from "./flat.ts";
import { nodeOf, versionOfText } from "./node.ts";
import { settingsOfProperties } from "./properties.ts";

/** Reads a broker's or controller's properties; `version` where the caller knows it. */
export function readServer(source: Text, version: string): Node {
  const given = settingsOfProperties(source);
  // Kafka takes log.dir where log.dirs is not given, and since 3.0 node.id and broker.id are one
  // (KafkaConfig.populateSynonyms).
  const known = new Set(given.map(({ key }) => key));
  const synonyms = [
    ["log.dir", "log.dirs"],
    ["broker.id", "node.id"],
  ].flatMap(([from, to]) =>
    given.filter(({ key }) => key === from && !known.has(to!)).map((setting) => ({ ...setting, key: to! })),
  );
  const set = settings({
    label: source.file,
    given: [...given, ...synonyms],
    location: { file: source.file, line: 1, column: 1 },
    defaults: BROKER_DEFAULTS,
    kind: "broker",
    kafka: version === "" ? null : version,
    spellKey: (key) => key,
    spell: (_, value, written) => `${written}=${value}`,
  });
  return nodeOf(source.file, set, versionOfText(version), null);
}
