import { spawnSync } from "node:child_process";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { predictCommand } from "../../scripts/predict/command.ts";
import type { GroupPrediction } from "../../sdk/model/group-prediction.ts";
import type { Circumstances, Prediction } from "../../sdk/analysis/predict/mod.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

function run(...args: string[]): { code: number; out: string; err: string } {
  const { exitCode, out, err } = predictCommand(args, { cwd: root, env: {} });
  return { code: exitCode, out, err };
}
function json(...args: string[]): { circumstances: Circumstances; prediction: Prediction } {
  const { code, out, err } = run(...args, "--json");
  assert.is(code, 0, err);
  return JSON.parse(out) as { circumstances: Circumstances; prediction: Prediction };
}

test("predict.ts says a sentence, why, what it assumes, and the parts", () => {
  const { code, out, err } = run("--fault", "kill", "--target", "leader", "--controller", "2");
  assert.equal([code, err], [0, ""]);
  assert.match(
    out,
    /^leader moves, first acknowledgement after 7\.0 to 10\.\d s \(broker\.session\.timeout\.ms\); 0 lost, duplicates possible$/m,
  );
  assert.match(
    out,
    /^assumed: leader 1, replicas 1,2,3, ISR 1,2,3, min ISR 2, controller 2; kill of broker 1; a warm kafkajs client, acks all$/m,
  );
  assert.match(out, /until the controller fences broker 1 .* broker\.session\.timeout\.ms 9\.0 s/);
});
test("predict.ts prints a delay answer by answer", () => {
  const { out } = run(
    "--fault",
    "delay",
    "--delay",
    "30s",
    "--path",
    "clients",
    "--client",
    "java",
    "--cold",
    "--bootstrap",
    "1",
  );
  assert.match(out, /^ApiVersions \(bootstrap\) +2 D +60\.0 s +request\.timeout\.ms 30\.0 s +too late$/m);
  assert.match(out, /^Metadata \(bootstrap\) +1 D +90\.0 s +max\.block\.ms 60\.0 s +too late$/m);
  assert.match(out, /^Produce \(leader\) +1 D +180\.0 s|^Produce \(leader\) +1 D +3 m 0 s/m);
});
test("predict.ts reads the lab's own files by name and others by path", () => {
  const named = json("as-posted", "fix-quorum", "--fault", "stop");
  assert.equal([named.circumstances.voters.length, named.prediction.served], [3, 0]);
  assert.equal(json("compose/as-posted.yml", "compose/fix-quorum.yml", "--fault", "stop"), named);
  assert.is(json("./compose/shop.yml", "--fault", "kill").circumstances.topic.minIsr, 1);
});
test("predict.ts takes targets as roles and numbers", () => {
  const targets = (...args: string[]) => json(...args).circumstances.fault.targets;
  assert.equal(
    [
      targets("--target", "2"),
      targets("--target", "followers"),
      targets("--target", "followers", "--leader", "2"),
      targets("--target", "2,3"),
      targets("--target", "controller"),
    ],
    [[2], [2, 3], [3, 1], [2, 3], [3]],
  );
  assert.is(json("--target", "2").circumstances.topic.state.leader, 2);
});
test("predict.ts passes every setting on", () => {
  const {
    circumstances: { client, topic, fault, nodes },
  } = json(
    "--client",
    "kafkajs",
    "--acks",
    "1",
    "--retries",
    "3",
    "--request-timeout",
    "7s",
    "--cold",
    "--bootstrap",
    "2,1",
    "--min-isr",
    "1",
    "--replication-factor",
    "2",
    "--lasts",
    "20s",
    "--timers",
    "fast",
    "--unclean",
    "--keep-hung",
  );
  assert.equal(
    [
      client.acks,
      client.retries,
      client.requestTimeout,
      client.isWarm,
      client.bootstrap,
      client.dropHungConnections,
    ],
    [1, 3, 7000, false, [2, 1], false],
  );
  assert.equal(
    [
      topic.minIsr,
      topic.state.replicas,
      topic.uncleanElection,
      fault.lastsMs,
      nodes[0]!.properties["broker.session.timeout.ms"],
    ],
    [1, [1, 2], true, 20_000, "1500"],
  );
  const java = json("--client", "java", "--max-block", "90s", "--no-idempotent").circumstances.client;
  assert.equal([java.maxBlock, java.idempotent, java.requestTimeout], [90_000, false, 30_000]);
  assert.is(json("--own-retries").circumstances.client.retries, 5);
  assert.equal(json("--fault", "isolate", "--path", "peers", "--how", "reset").circumstances.fault.network, [
    { kind: "isolate", broker: 1, path: "peers", direction: "both", how: "reset" },
  ]);
});
test("predict.ts exits 1 for what it cannot read or is not told rightly, and names the help", () => {
  const wrong = [
    ["--fault", "dela"],
    ["no-such"],
    ["./no-such.yml"],
    ["--target", "9"],
    ["--target", "boss"],
    ["--acks", "2"],
    ["--delay", "soon", "--fault", "delay"],
    ["--replication-factor", "4"],
    ["--controller", "9"],
    ["--bad"],
    ["--client", "java", "--own-retries"],
    ["--max-block", "1s"],
    ["--idempotent", "--acks", "1"],
    ["--lasts", "-1"],
  ];
  for (const args of wrong) {
    const { code, out, err } = run(...args);
    assert.equal([code, out], [1, ""], args.join(" "));
    assert.match(err, /--help lists the options/);
  }
});
test("predict.ts --help says its options, and runs as a program", () => {
  assert.match(run("--help").out, /--fault KIND/);
  const { status, stdout } = spawnSync(
    process.execPath,
    ["--import", "tsx", path.join(root, "scripts/predict.ts"), "--fault", "stop"],
    { cwd: root, encoding: "utf8" },
  );
  assert.is(status, 0);
  assert.match(stdout, /^leader moves/);
});
test("predict.ts takes the leader of a partition for its target; leaders of a topic are placed in turn", () => {
  const leads = ({ circumstances: { topic, fault } }: ReturnType<typeof json>): unknown[] => [
    `${topic.topic}-${topic.partition}`,
    topic.state.leader,
    fault.targets,
  ];
  assert.equal(
    [
      leads(json("--target", "leaderOf:orders-eu-3")),
      leads(json("--target", "leaderOf:orders-3", "--leader", "2")),
      leads(json("--target", "leaderOf:orders-3", "--partition", "orders-4")),
      leads(json("--target", "leaderOf:orders-4", "--partition", "orders-0", "--leader", "3")),
      leads(json("--partition", "orders-5", "--target", "2,3")),
    ],
    [
      ["orders-eu-3", 1, [1]],
      ["orders-3", 2, [2]],
      ["orders-4", 1, [3]],
      ["orders-0", 3, [1]],
      ["orders-5", 2, [2, 3]],
    ],
  );
  const { failsOver } = json("--target", "leaderOf:orders-3", "--partition", "orders-4").prediction;
  assert.is(failsOver, 0);
});
for (const [name, args, ...words] of [
  ["no partition", ["--target", "leaderOf:orders"], "leaderOf:orders", "leaderOf:orders-3"],
  ["an unknown role", ["--target", "leder"], "leder", "leader"],
  ["no partition's name", ["--partition", "3"], "--partition", "orders-3"],
  ["the leader of another topic", ["--target", "leaderOf:orders-3", "--partition", "eu-0"], "eu"],
] as const)
  test(`predict.ts refuses ${name}`, () => {
    const { code, err } = run(...args);
    assert.is(code, 1);
    for (const word of words) assert.ok(err.includes(word), err);
  });

const DEDICATED = "./test/compose/dedicated-controllers.yml";
test("predict.ts takes a roll of brokers, and what it waits for", () => {
  const rolled = (...args: string[]): readonly unknown[] => {
    const { prediction } = json("--fault", "roll", "--target", "1,2,3", ...args);
    return [prediction.fault, prediction.targets, prediction.belowMinIsr?.is, prediction.gap === null];
  };
  assert.equal(rolled(), ["roll", [1, 2, 3], "no", false]);
  assert.equal(rolled("--wait", "none"), ["roll", [1, 2, 3], "possible", true]);
});
test("predict.ts takes nodes that are only controllers: by role, node.id and service", () => {
  const hit = (...args: string[]): unknown[] => {
    const { fault, controller } = json(DEDICATED, ...args).circumstances;
    return [fault.targets, fault.controllers, controller];
  };
  assert.equal(
    [
      hit("--target", "controller"),
      hit("--target", "controller", "--controller", "service:control-1"),
      hit("--target", "node:3002,service:control-1"),
      hit("--target", "1,node:3002", "--controller", "node:3003"),
      hit("--target", "node:1002"),
    ],
    [
      [[], [3003], 3003],
      [[], [3001], 3001],
      [[], [3002, 3001], null],
      [[1], [3002], 3003],
      [[2], undefined, null],
    ],
  );
});
test("predict.ts says what becomes of the active controller: it moves, stays, or there is none", () => {
  const controller = (...args: string[]): unknown => {
    const { moves, lost, activeAt } = json(DEDICATED, ...args).prediction.controller!;
    return [moves, lost, activeAt !== null];
  };
  const active = ["--controller", "node:3001"];
  assert.equal(
    [
      controller(...active, "--target", "node:3001"),
      controller(...active, "--target", "node:3002"),
      controller(...active, "--target", "node:3002,node:3003"),
      controller(...active, "--target", "1"),
      controller(...active, "--target", "node:3001", "--fault", "pause", "--lasts", "1s"),
      controller(...active, "--target", "node:3001", "--fault", "stop"),
    ],
    [
      [1, 0, true],
      [0, 0, false],
      [0, 1, false],
      [0, 0, false],
      [0, 0, false],
      [1, 0, true],
    ],
  );
  const { failsOver, served } = json(DEDICATED, "--target", "1,node:3001,node:3002").prediction;
  assert.equal([failsOver, served], [0, 0]);
});
for (const [name, args, ...words] of [
  ["a node that there is not", ["--target", "node:9"], "node 9", "control-1"],
  ["a service that there is not", ["--target", "service:nobody"], "nobody", "control-1"],
  [
    "a delay of a node that is only a controller",
    ["--target", "controller", "--fault", "delay"],
    "node 3003",
  ],
  ["a controller that is a broker", ["--controller", "1"], "--controller", "kafka-1"],
  ["a time of nothing", ["--lasts", "0"], "--lasts", "1 ms"],
  ["a timeout of nothing", ["--request-timeout", "0"], "--request-timeout"],
] as const)
  test(`predict.ts refuses ${name}`, () => {
    const { code, out, err } = run(DEDICATED, ...args);
    assert.equal([code, out], [1, ""]);
    for (const word of words) assert.ok(err.includes(word), err);
  });

const ofGroup = (...args: string[]): { prediction: GroupPrediction; group: { name: string } } =>
  json(...args, "--group", "billing") as never;
test("predict.ts takes a roll of a group's members, or with --target one of brokers", () => {
  const rolled = (...args: string[]): readonly unknown[] => {
    const { prediction } = ofGroup("--client", "java", "--fault", "roll", ...args);
    return [prediction.targets, prediction.members, prediction.rebalance];
  };
  assert.equal(rolled(), [[], ["billing.1", "billing.2"], 1]);
  assert.equal(rolled("--target", "1,2,3"), [[1, 2, 3], [], 0]);
});

test("predict.ts --group predicts for a consumer group, and says what it assumes", () => {
  const { code, out, err } = run("--group", "billing", "--fault", "kill", "--member", "1");
  assert.equal([code, err], [0, ""]);
  assert.match(out, /^a partition stands still for 26\.5 to 35\.\d s \(sessionTimeout, heartbeatInterval\)/);
  assert.match(out, /^assumed: replicas 3, ISR 3, min ISR 2; kill of member billing\.1; group billing$/m);
  assert.match(out, /^my_topic-0 +broker 1 +billing\.1 +26\.5 s to 35\.\d s +sessionTimeout 30\.0 s/m);
});
test("predict.ts --group takes the group's client, protocol, timers and partitions", () => {
  const java = ofGroup("--client", "java", "--fault", "kill", "--member", "2", "--session-timeout", "10s");
  const { standstill, partitions } = java.prediction;
  assert.ok(standstill!.fromMs >= 7_000 && standstill!.fromMs <= 10_000, JSON.stringify(standstill));
  assert.equal(
    partitions.map(({ partition, leader, member }) => [partition, leader, member]),
    [
      [0, 1, "billing.1"],
      [1, 2, "billing.2"],
    ],
  );
  const many = ofGroup("--members", "3", "--partitions", "7", "--partition", "orders-1", "--leader", "3");
  assert.equal(
    many.prediction.partitions.map(({ leader, member }) => `${leader} ${member}`),
    ["2 billing.1", "3 billing.2", "1 billing.3", "2 billing.1", "3 billing.2", "1 billing.3", "2 billing.1"],
  );
  const consumer = ofGroup("--client", "java", "--protocol", "consumer", "--kafka", "4", "--fault", "stop");
  assert.equal([consumer.group.name, consumer.prediction.fault], ["billing", "stop"]);
  const bound = ofGroup("--fault", "kill", "--member", "1", "--per-second", "100", "--process", "1ms");
  assert.ok(bound.prediction.repeated! > 0 && bound.prediction.repeated! < 1_000);
  assert.is(ofGroup("--fault", "kill", "--member", "1").prediction.repeated, null);
});
test("predict.ts --group knows the coordinator that it is given", () => {
  const roles = (...args: string[]): unknown[] => {
    const { role, targets } = ofGroup("--fault", "kill", ...args).prediction;
    return [role, targets];
  };
  assert.equal(roles(), ["both", [1]]);
  assert.equal(roles("--coordinator", "3"), ["leader", [1]]);
  assert.equal(roles("--coordinator", "3", "--target", "coordinatorOf:billing"), ["coordinator", [3]]);
  assert.equal(roles("--coordinator", "2", "--target", "3"), ["leader", [3]]);
});
test("predict.ts --group predicts a roll and members that are slow", () => {
  const rolled = ofGroup("--client", "java", "--static", "--fault", "roll").prediction;
  assert.equal([rolled.members, rolled.rebalance], [["billing.1", "billing.2"], 0]);
  const slow = (...args: string[]) =>
    ofGroup("--fault", "slow", "--member", "1", "--slow-to", "400s", ...args).prediction;
  assert.ok(slow("--client", "java").reasons.includes("too slow"));
  // the fetchers of other brokers send heartbeats
  assert.not.ok(slow("--client", "kafkajs").reasons.includes("too slow"));
});
for (const args of [
  ["--member", "1"],
  ["--fault", "slow", "--slow-to", "1s"],
  ["--fault", "kill", "--wait", "none"],
  ["--group", "billing", "--fault", "slow", "--member", "1"],
  ["--group", "billing", "--fault", "slow", "--slow-to", "1s"],
  ["--group", "billing", "--fault", "delay", "--member", "1"],
  ["--group", "billing", "--fault", "kill", "--slow-to", "1s"],
  ["--group", "billing", "--member", "1", "--target", "2"],
  ["--group", "billing", "--member", "9"],
  ["--group", "billing", "--member", ","],
  ["--group", "billing", "--acks", "1"],
  ["--group", "billing", "--coordinator", "9"],
  ["--group", "billing", "--max-poll-records", "5"],
  ["--group", "billing", "--static"],
  ["--group", "billing", "--session-timeout", "1s"],
  ["--group", "billing", "--target", "coordinatorOf:audit"],
])
  test(`predict.ts refuses ${args.join(" ")}`, () => {
    const { code, out, err } = run(...args);
    assert.equal([code, out], [1, ""]);
    assert.match(err, /^(LabError \[UNSUPPORTED\]: )?Cannot /);
  });

test.run();
