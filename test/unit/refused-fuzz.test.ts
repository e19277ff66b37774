// Whatever a configuration says: no finding and no prediction is computed with what is no number.

import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { parseCompose } from "../../sdk/compose/mod.ts";
import { BROKER_DEFAULTS } from "../../sdk/kafka/defaults.ts";
import {
  JAVA_DEFAULTS,
  KAFKAJS_DEFAULTS,
  LIBRDKAFKA_DEFAULTS,
} from "../../sdk/analysis/diagnose/known/clients.ts";
import { diagnose, type DiagnoseInput } from "../../sdk/analysis/diagnose/mod.ts";
import { LabError } from "../../sdk/model/errors.ts";
import { fromCompose, predict } from "../../sdk/analysis/predict/mod.ts";
import { COMPOSE } from "./diagnose/bases.ts";

/** What no text for a reader has in it. */
const BAD = /NaN|undefined|\[object|Infinity/;
const project = (text: string): ReturnType<typeof parseCompose> => parseCompose([{ file: "c.yml", text }]);

const TEXTS = [
  "ten",
  "",
  "0x10",
  "-1",
  "5s",
  "1e20",
  "yes",
  "two",
  "${X}",
  "true",
  "1",
  "3",
  "0",
  "99999999999999999999",
];
const settings = (names: readonly string[]): fc.Arbitrary<Record<string, string>> =>
  fc.dictionary(
    fc.constantFrom(...names),
    fc.constantFrom(...TEXTS, "a/b", "a:99999", "PLAINTEXT://:99999", "1@a:99999", "all"),
    { maxKeys: 6 },
  );
const asProperties = (given: Record<string, string>): string =>
  Object.entries(given)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
test("diagnose() computes with no value that is refused or not known: no finding says NaN", () => {
  const names = [BROKER_DEFAULTS, JAVA_DEFAULTS, JAVA_DEFAULTS, KAFKAJS_DEFAULTS, LIBRDKAFKA_DEFAULTS].map(
    (all) => Object.keys(all),
  );
  const all = fc.tuple(...names.map(settings));
  fc.assert(
    fc.property(all, ([broker = {}, producer = {}, consumer = {}, kafkajs = {}, librdkafka = {}]) => {
      const node = { "process.roles": "broker,controller", "node.id": "1", ...broker };
      const inputs: DiagnoseInput[] = [
        { file: "server.properties", kind: "server", text: asProperties(node) },
        { file: "producer.properties", kind: "java", text: asProperties(producer) },
        { file: "consumer.properties", kind: "java", text: asProperties(consumer) },
        { file: "kafkajs.json", kind: "kafkajs", text: JSON.stringify(nested(kafkajs)) },
        { file: "rd.json", kind: "librdkafka", text: JSON.stringify(librdkafka) },
        { file: "application.properties", kind: "spring", text: springOf(producer) },
      ];
      for (const { happens, fix } of diagnose(inputs, { delay: "30s", recordTime: "200ms" }))
        assert.not.match(happens + fix, BAD);
    }),
    { numRuns: 400, seed: 14 },
  );
});
test("predict() gives a prediction without NaN, or a typed error, whatever a compose file says", () => {
  fc.assert(
    fc.property(settings(Object.keys(BROKER_DEFAULTS)), (broker) => {
      const lines = Object.entries(broker).map(([name, value]) => {
        const literal = JSON.stringify(value.replaceAll("$", "$$$$"));
        return `      KAFKA_${name.toUpperCase().replaceAll(".", "_")}: ${literal}\n`;
      });
      const text = `${COMPOSE.split("  kafka-2:")[0]}`.replace(
        "      KAFKA_LOG_DIRS: /data\n",
        lines.join(""),
      );
      try {
        const known = fromCompose(project(text), { fault: { kind: "kill", targets: [1] } });
        assert.not.match(JSON.stringify([known, predict(known)]).replaceAll('"${X}"', ""), BAD);
      } catch (error) {
        const isTyped = error instanceof LabError || error instanceof RangeError;
        assert.ok(isTyped, String((error as Error).stack));
        assert.not.match((error as Error).message, BAD);
      }
    }),
    { numRuns: 300, seed: 14 },
  );
});

function nested(given: Record<string, string>): Record<string, unknown> {
  const retry = Object.entries(given).filter(([name]) => name.startsWith("retry."));
  return {
    ...Object.fromEntries(Object.entries(given).filter(([name]) => !name.startsWith("retry."))),
    retry: Object.fromEntries(retry.map(([name, value]) => [name.slice("retry.".length), value])),
  };
}
function springOf(given: Record<string, string>): string {
  return asProperties(
    Object.fromEntries(
      Object.entries(given).flatMap(([name, value]) => [
        [`spring.kafka.producer.properties.${name}`, value],
        [`spring.kafka.consumer.${name.replaceAll(".", "-")}`, value],
      ]),
    ),
  );
}
test.run();
