import { spawnSync } from "node:child_process";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { predictCommand } from "../../scripts/predict/command.ts";
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
test.run();
