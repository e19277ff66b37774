// compose/secure.yml on real brokers: every way to authenticate, with both clients; what is refused at once;
// faults; reading back; and that no secret is written where somebody may read it.

import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  attachLab,
  type DeliveredEvent,
  type Lab,
  type LabError,
  type SecurityOptions,
  startLab,
} from "@kafka-failure-lab/sdk";
import { makeAuthority, makeObserver, Security } from "@kafka-failure-lab/sdk/testing";
import { isDocker, processes, reportingFailure } from "./outside.ts";

const test = suite("secure");
let lab: Lab;
/** Of the text that no file, process or error may show. */
const WRONG = "wr0ng-pa55word-of-this-test";
const stranger = makeAuthority("a stranger");
const refusal = (doing: Promise<unknown>): Promise<LabError> =>
  doing.then(
    () => assert.unreachable("it resolved") as never,
    (error: unknown) => error as LabError,
  );
/** How long a client would go on where nothing but time decides. */
const PATIENT = { deliveryTimeout: "10m", requestTimeout: "1m" } as const;

test.before(
  reportingFailure(async () => {
    lab = await startLab({
      scenario: "test-secure",
      compose: ["secure"],
      timers: "fast",
      topic: { partitions: 3 },
      onProgress: false,
    });
  }),
);
test.after(() => lab?.close());

for (const mechanism of ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] as const)
  test(`kafkajs sends and reads by ${mechanism} over TLS`, async () => {
    const probe = lab.probe({ name: mechanism.toLowerCase(), security: { mechanism } });
    const sent = await probe.send();
    assert.is(sent.outcome, "ok", sent.error);
    assert.equal(probe.settings.security, {
      protocol: "SASL_SSL",
      mechanism,
      username: "lab",
      hasCertificate: true,
    });
    if (mechanism !== "PLAIN") return;
    const { outcome, records, error } = await probe.read({ timeout: "3m" });
    assert.is(outcome, "ok", error);
    assert.equal(
      records.map(({ value }) => value),
      [sent.value],
    );
  });
test("Kafka's own client sends, streams and reads", async () => {
  const probe = lab.probe({ name: "java", client: "java", security: { mechanism: "SCRAM-SHA-512" } });
  const sent = await probe.send();
  assert.is(sent.outcome, "ok", sent.error);
  const own = processes().filter(({ service }) => service.startsWith("java-java-"));
  assert.ok(own.length > 0);
  const { records } = await probe.read({ timeout: "3m" });
  assert.ok(records.some(({ value }) => value === sent.value));
});
test("mutual TLS: with a certificate of the cluster's authority, and with a stranger's", async () => {
  const bootstrap = [1, 2, 3].map((broker) => mutualAddress(broker));
  const probe = lab.probe({ name: "mutual", bootstrap, security: { protocol: "SSL" } });
  const sent = await probe.send();
  assert.is(sent.outcome, "ok", sent.error);
  const security: SecurityOptions = { protocol: "SSL", ...stranger.issue("somebody") };
  await Promise.all(
    (["kafkajs", "java"] as const).map(async (client) => {
      const other = lab.probe({ name: `stranger-${client}`, client, bootstrap, security, ...PATIENT });
      assert.is((await refusal(other.send())).code, "TLS_HANDSHAKE");
      await other.close();
    }),
  );
});
for (const client of ["kafkajs", "java"] as const)
  test(`${client}: a wrong password and an untrusted certificate are said at once`, async () => {
    const options = { client, ...PATIENT };
    // a process of Java takes its time to start
    const mechanisms = client === "java" ? (["PLAIN"] as const) : (["PLAIN", "SCRAM-SHA-256"] as const);
    for (const mechanism of mechanisms) {
      const security = { mechanism, password: WRONG };
      const probe = lab.probe({ name: `${client}-${mechanism}`, ...options, security });
      const error = await refusal(probe.send());
      assert.is(error.code, "AUTHENTICATION", String(error));
      assert.not.ok(String(error.stack).includes(WRONG));
      await probe.close();
    }
    const security = { ca: stranger.cert };
    const probe = lab.probe({ name: `${client}-untrusted`, ...options, security });
    assert.is((await refusal(probe.connect())).code, "TLS_HANDSHAKE");
    if (client === "java") return await probe.close();
    const load = probe.start();
    assert.is((await refusal(load.acknowledged(1))).code, "TLS_HANDSHAKE");
    assert.is((await refusal(load.stop())).code, "TLS_HANDSHAKE");
    await probe.close();
  });
test("the observer says why it sees nothing", async () => {
  const users = { username: "lab", password: WRONG };
  const observer = makeObserver(lab.engine.nodes, new Security({ ...users, ca: stranger.cert }));
  const view = await observer.look();
  assert.equal([view.answered, observer.refusal()?.code], [0, "TLS_HANDSHAKE"]);
  observer.close();
});
test("stop, pause and isolate act, and are healed", async () => {
  const load = lab.probe({ name: "load" }).start({ perSecond: 50 });
  await load.acknowledged(10);
  const stopped = await lab.cluster.stop(1);
  await load.acknowledged(10);
  await stopped.heal();
  const paused = await lab.cluster.pause(3);
  await paused.heal();
  await lab.cluster.waitFor("full isr");
  const isolated = await lab.net.isolate(2, { path: "clients" });
  assert.equal(
    isolated
      .proof!.measured.map(({ path, expected }) => [path, expected])
      .find(([, one]) => one === "silent"),
    ["clients", "silent"],
  );
  await isolated.heal();
  await load.acknowledged(10);
  await load.stop();
});
test("a delay between brokers is measured on their encrypted listener", async () => {
  if (isDocker) return; // its brokers' own listener is not measured: bash has no TLS
  const slow = await lab.net.delay(2, 200, { path: "peers" });
  assert.ok(slow.proof!.measured.some(({ expected }) => expected === "slower"));
  await slow.heal();
});
test("attachLab({ bootstrap, security }) probes, predicts, breaks and reads back", async () => {
  const bootstrap = lab.engine.nodes.map(({ client }) => client!);
  const security = { username: "lab", password: ownPassword(), ca: ownAuthority() };
  const common = { scenario: "test-secure-attached", bootstrap, onProgress: false } as const;
  const wrong = attachLab({ ...common, security: { ...security, password: WRONG } });
  assert.is((await refusal(wrong)).code, "AUTHENTICATION");
  const attached = await attachLab({ ...common, security });
  try {
    assert.is((await attached.probe.send()).outcome, "ok");
    assert.is((await attached.predict("kill", "leader")).failsOver, 1);
    const slow = await attached.net.delay("leader", 200, { path: "clients" });
    assert.ok((await attached.probe.send()).tookMs >= 150);
    await slow.heal();
    const { judgement } = await attached.conclude({ print: false, exitCode: false });
    assert.equal([judgement.counts.acknowledged, judgement.counts.lost], [2, 0]);
  } finally {
    await attached.close();
  }
});
test("groups of both clients over TLS: they find their coordinator, and go on when it stops", async () => {
  const groups = await Promise.all(
    (["kafkajs", "java"] as const).map((client) =>
      lab.group(`group-${client}`, { client, members: 1, commit: "after" }),
    ),
  );
  for (const group of groups) assert.is((await group.settled()).members.length, 1);
  const { value } = await lab.probe({ name: "to-groups" }).send();
  for (const group of groups) await group.lag({ atMost: 0 });
  const readers = lab.run.history.filter(
    (event) => event.kind === "delivered" && event.records.some((record) => record.value === value),
  );
  assert.equal(
    readers.map((event) => (event as DeliveredEvent).group).sort(),
    groups.map(({ name }) => name).sort(),
  );
  const stopped = await lab.cluster.stop({ coordinatorOf: "group-java" });
  await lab.probe({ name: "to-groups-again", bootstrap: "all" }).send();
  for (const group of groups) await group.lag({ atMost: 0 });
  await stopped.heal();
  await Promise.all(groups.map((group) => group.close()));
});
test("everything is read back, and no secret is in the run's folder or in a command line", async () => {
  const password = ownPassword();
  const shown = processes().map((one) => JSON.stringify(one));
  const { judgement, dir } = await lab.conclude({
    print: false,
    exitCode: false,
    checks: ["noLostWrites", "noPhantomWrites", "order", "duplicates"],
  });
  assert.equal(
    [judgement.verdict, judgement.counts.lost, judgement.counts.acknowledged > 30],
    [true, 0, true],
  );
  const texts = new Map(filesOf(dir).map((file) => [file, readFileSync(file, "latin1")]));
  for (const [where, text] of [...texts, ...shown.map((one) => ["a process", one] as const)])
    for (const secret of [password, WRONG, "PRIVATE KEY"])
      assert.not.ok(text.includes(secret), `${where} has a secret`);
  assert.ok(texts.size > 3);
});
test.run();

/** Where the listener MUTUAL of a broker is published. */
function mutualAddress(broker: number): string {
  return lab.engine.nodes.find((one) => one.broker === broker)!.advertised!["MUTUAL"]!;
}

/** The password that the lab has made, from the file that its note names. */
function ownPassword(): string {
  return /password\\="([^"]+)"/.exec(ownSettings())![1]!;
}

/** The certificate of the authority that the lab has made. */
function ownAuthority(): string {
  const [, pem] = /^ssl\.truststore\.certificates=(.*)$/m.exec(ownSettings())!;
  return pem!.replaceAll("\\n", "\n").replaceAll(/\\(.)/g, "$1");
}

function ownSettings(): string {
  const note = lab.run.history.find(
    (event) => event.kind === "note" && event.text.startsWith("settings for clients of your own"),
  );
  assert.is(note?.kind, "note");
  const file = note?.kind === "note" ? note.text.replace(/^[^:]*: /, "") : "";
  assert.is(statSync(file).mode & 0o777, 0o600);
  return readFileSync(file, "utf8");
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => path.join(folder, name))
    .filter((file) => statSync(file).isFile());
}
