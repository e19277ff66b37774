// server.properties as the input of predictions: what they say is what the same cluster in a compose file
// says.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { predictCommand } from "../../scripts/predict/command.ts";
import { fromCompose, fromProperties, predict } from "../../sdk/analysis/predict/mod.ts";
import { parseCompose } from "../../sdk/compose/mod.ts";
import type { ResolvedFault } from "../../sdk/model/fault.ts";
import { APACHE_PROPERTIES } from "./diagnose/apache.ts";
import { COMPOSE } from "./diagnose/bases.ts";
import { LOCAL, SERVERS } from "./diagnose/sets.ts";
import { refusal } from "./refusal.ts";

const fault: ResolvedFault = { kind: "kill", targets: [1] };
const filesOf = (set: Readonly<Record<string, string>>): { file: string; text: string }[] =>
  Object.entries(set).map(([file, text]) => ({ file, text }));
const servers = filesOf(SERVERS);

test("fromProperties() predicts what fromCompose() predicts of the same cluster", () => {
  const ours = fromProperties(servers, { fault, kafka: "3.9.2" });
  const theirs = fromCompose(parseCompose([{ file: "c.yml", text: COMPOSE }]), { fault, kafka: "3.9.2" });
  assert.equal(ours.topic, theirs.topic);
  assert.equal(ours.voters, [1, 2, 3]);
  assert.equal(predict(ours), predict(theirs));
});
test("fromProperties() numbers brokers in the order of the files, and controllers get no number", () => {
  const { nodes, voters } = fromProperties(filesOf(LOCAL), { fault });
  assert.equal(
    nodes.map(({ nodeId, broker, roles }) => [nodeId, broker, ...roles]),
    [
      [1, null, "controller"],
      [2, 1, "broker"],
      [3, 2, "broker"],
    ],
  );
  assert.equal(voters, [1]);
});
test("fromProperties() takes brokers that dial localhost for brokers of one machine", () => {
  const { topic } = fromProperties(filesOf(LOCAL), { fault });
  assert.equal(topic.state.isr, [1, 2]);
  const isElsewhere = servers.map(({ file, text }) => ({
    file,
    text: text.replace(/(advertised.listeners=PLAINTEXT:..)\w/, "$1localhost"),
  }));
  assert.equal(fromProperties(isElsewhere, { fault }).topic.state.isr, [1]);
});
for (const name of ["kraft/server.properties"])
  test(`fromProperties() takes Apache's ${name}`, () => {
    const one = [{ file: name, text: APACHE_PROPERTIES[name]! }];
    assert.is(predict(fromProperties(one, { fault })).served, 0);
  });

const BAD: readonly (readonly [
  what: string,
  files: Readonly<Record<string, string>>,
  ...facts: unknown[],
])[] = [
  ["a client's file", { "producer.properties": "bootstrap.servers=a:9092\nacks=all\n" }],
  ["no node.id", { "s.properties": "process.roles=broker,controller\n" }],
  ["a voter whose file is missing", { "server-1.properties": SERVERS["server-1.properties"]! }],
  ["no controller", { "b.properties": APACHE_PROPERTIES["kraft/broker.properties"]! }],
  ["no broker", { "c.properties": APACHE_PROPERTIES["kraft/controller.properties"]! }],
  ["a node twice", { ...SERVERS, "again.properties": SERVERS["server-1.properties"]! }],
  ["a refused value", { "s.properties": "process.roles=broker,controller\nnode.id=one\n" }],
];
for (const [what, files] of BAD)
  test(`fromProperties() refuses ${what} with a code and the file`, () => {
    const file = what === "a node twice" ? "again.properties" : Object.keys(files)[0]!;
    assert.throws(() => fromProperties(filesOf(files), { fault }), refusal("BAD_CONFIGURATION", { file }));
  });
test("fromProperties() refuses a node that needs ZooKeeper, brokers and versions that there are not", () => {
  const text = "broker.id=0\nzookeeper.connect=localhost:2181\n";
  assert.throws(
    () => fromProperties([{ file: "s", text }], { fault }),
    refusal("UNSUPPORTED", { file: "s" }),
  );
  const unknown: ResolvedFault = { kind: "kill", targets: [4] };
  assert.throws(() => fromProperties(servers, { fault: unknown }), RangeError);
  assert.throws(() => fromProperties(servers, { fault, kafka: "no" }), RangeError);
});

const folder = mkdtempSync(path.join(tmpdir(), "predict-"));
test.after(() => rmSync(folder, { recursive: true, force: true }));
for (const { file, text } of servers) writeFileSync(path.join(folder, file), text);
const names = servers.map(({ file }) => file);
const run = (...args: string[]): { exitCode: number; out: string; err: string } =>
  predictCommand(args, { cwd: folder, env: {} });

test("predict reads server.properties on the command line, with roles, timers and targets", () => {
  const { exitCode, out, err } = run(...names, "--controller", "2", "--timers", "fast", "--json");
  assert.is(exitCode, 0, err);
  const { circumstances } = JSON.parse(out) as { circumstances: ReturnType<typeof fromProperties> };
  assert.equal([circumstances.controller, circumstances.fault.targets], [2, [1]]);
  assert.is.not(circumstances.nodes[0]!.properties["broker.session.timeout.ms"], undefined);
});
test("predict says what it takes where a file is missing, and refuses a mixture", () => {
  assert.match(run(names[0]!).err, /BAD_CONFIGURATION[^]*process\.roles/);
  assert.is(run(...names, "compose.yml").exitCode, 1);
  assert.is(run("no-such.properties").exitCode, 1);
});

test.run();
