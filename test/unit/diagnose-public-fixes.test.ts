// Fixes of public configurations and of the lab's own: each alone mends what it is for and brings up nothing,
// and all together leave only what a reader has to decide.

import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { fixAll } from "../../scripts/diagnose/fix.ts";
import {
  applyEdits,
  type ConfigurationFinding,
  diagnose,
  type DiagnoseInput,
} from "../../sdk/analysis/diagnose/mod.ts";
import { APACHE_COMPOSE, APACHE_MOUNTED } from "./diagnose/apache.ts";
import { PUBLIC } from "./diagnose/public.ts";
import { PUBLIC_SECURED } from "./diagnose/public-secured.ts";

const OWN = ["as-posted", "shop", "secure", "fix-quorum"];
const own = (name: string): string =>
  readFileSync(new URL(`../../compose/${name}.yml`, import.meta.url), "utf8");
/** Two ports of the host that lead to listeners for containers, the second with a protocol of its own. */
const FOR_CONTAINERS = (protocol: string): string => `services:
  kafka:
    image: apache/kafka:3.9.2
    ports: ["9092:9092", "9095:9095"]
    volumes: ["data:/var/lib/kafka/data"]
    environment:
      CLUSTER_ID: a2Fma2EtZmFpbHVyZWxhYg
      KAFKA_NODE_ID: 1
      KAFKA_PROCESS_ROLES: broker,controller
      KAFKA_CONTROLLER_QUORUM_VOTERS: 1@kafka:9093
      KAFKA_CONTROLLER_LISTENER_NAMES: CONTROLLER
      KAFKA_INTER_BROKER_LISTENER_NAME: FIRST
      KAFKA_LISTENERS: FIRST://:9092,SECOND://:9095,CONTROLLER://:9093
      KAFKA_ADVERTISED_LISTENERS: FIRST://kafka:9092,SECOND://kafka:9095
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: CONTROLLER:PLAINTEXT,FIRST:PLAINTEXT,SECOND:${protocol}
      KAFKA_LOG_DIRS: /var/lib/kafka/data
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 1
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: 1
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: 1
volumes: { data: {} }
`;
const ALL: readonly (readonly [name: string, inputs: readonly DiagnoseInput[]])[] = [
  ...[...PUBLIC, ...PUBLIC_SECURED]
    .filter(({ refused }) => refused === undefined)
    .map(({ row, compose }) => [`row ${row}`, [{ file: "compose.yml", text: compose }]] as const),
  ...Object.entries(APACHE_COMPOSE).map(([name, text]) => [name, [{ file: "compose.yml", text }]] as const),
  ["ports for containers", [{ file: "compose.yml", text: FOR_CONTAINERS("PLAINTEXT") }]],
  ["an encrypted port for containers", [{ file: "compose.yml", text: FOR_CONTAINERS("SSL") }]],
  ...OWN.map((name) => [name, [{ file: `${name}.yml`, text: own(name) }]] as const),
  [
    "a mounted file",
    [
      { file: "compose.yml", text: APACHE_MOUNTED.compose },
      { file: "server.properties", text: APACHE_MOUNTED.server.replace(/^offsets.topic.*$/m, "$&0") },
    ],
  ],
];

const found = (inputs: readonly DiagnoseInput[]): ConfigurationFinding[] => diagnose(inputs);
const placeOf = ({ rule, evidence: [first] }: ConfigurationFinding): string =>
  `${rule} ${first!.file} ${first!.key} ${first!.value}`;

for (const [name, inputs] of ALL) {
  const before = found(inputs);
  const known = new Set(before.map(({ rule }) => rule));
  for (const finding of before.filter(({ edits }) => edits.length > 0))
    test(`${name}: the fix of ${finding.rule}`, () => {
      const { files, skipped } = applyEdits(inputs, finding.edits);
      assert.equal(skipped, []);
      const after = found(
        inputs.map((input) => ({
          ...input,
          text: files.find(({ file }) => file === input.file)?.text ?? input.text,
        })),
      );
      // a fix names what it leaves
      const added = after.filter(({ rule }) => !known.has(rule) && !finding.fix.includes(rule));
      assert.equal(added.map(placeOf), []);
      assert.ok(after.length < before.length || !after.map(placeOf).includes(placeOf(finding)));
    });
  test(`${name}: all fixes together leave nothing that a program can fix, and no other rule`, () => {
    const { made, left } = fixAll(inputs, found);
    const named = made.map(({ fix }) => fix).join(" ");
    assert.equal(
      left.filter(({ rule, edits }) => edits.length > 0 || !(known.has(rule) || named.includes(rule))),
      [],
    );
    assert.ok(made.length >= before.filter(({ edits }) => edits.length > 0).length / 2);
  });
}
test.run();
