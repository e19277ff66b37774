// Netem in containers, on the posted cluster of two brokers: measured by others' connections and pings, and
// read from tc in the broker's namespace.
//
//   this machine ──bridge──▶ broker 1 ◀──▶ broker 2
//
//   clients: this machine; peers and controllers: broker 2, on 9092 and 9093
//
// One lab for all tests: brokers take long to start where netem is (see README).

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Lab, type LabError, type NetFault, startLab } from "@kafka-failure-lab/sdk";
import type { Engine, Network } from "@kafka-failure-lab/sdk/testing";
import { docker, program, reportingFailure, until } from "../live/outside.ts";

const test = suite("docker network, netem");
const folder = mkdtempSync(path.join(os.tmpdir(), "lab-netem-test-"));
const PROJECT = `lab-netem-${process.pid}`;
/** The posted file with other ports on this machine: another test's lab has the posted ones. */
const file = path.join(folder, "as-posted.yml");
writeFileSync(
  file,
  readFileSync(new URL("../../compose/as-posted.yml", import.meta.url), "utf8")
    .replaceAll(/"909([23]):/g, '"919$1:')
    .replaceAll(/(localhost:)909([23])/g, "$1919$2"),
);
const [LISTENER, CONTROLLER] = [9092, 9093];

let lab: Lab, network: Network, quiet: string;
/** Asked for once: each docker command takes its second here. */
const [ids, addresses] = [new Map<number, string>(), new Map<number, string>()];
const container = (broker: number): string =>
  remembered(ids, broker, () =>
    docker(
      "ps",
      "--all",
      "--quiet",
      "--filter",
      `label=com.docker.compose.project=${PROJECT}`,
      "--filter",
      `label=com.docker.compose.service=${broker === 1 ? "kafka" : "kafka2"}`,
    ).trim(),
  );
const addressOf = (broker: number): string =>
  remembered(addresses, broker, () =>
    docker(
      "inspect",
      "--format",
      "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}",
      container(broker),
    ).trim(),
  );
function remembered(known: Map<number, string>, broker: number, ask: () => string): string {
  if (!known.has(broker)) known.set(broker, ask());
  return known.get(broker)!;
}
const inside = (broker: number, ...argv: string[]): string =>
  docker("exec", "--user", "root", container(broker), ...argv);
const qdiscs = (...options: string[]): string =>
  inside(1, "tc", ...options, "qdisc", "show", "dev", "eth0").trim();
const everything = (): string =>
  inside(1, "sh", "-c", "tc qdisc show; iptables -S; echo /sys/class/net/*").trim();

test.before(
  reportingFailure(async () => {
    lab = await startLab({
      scenario: "test-netem",
      runs: folder,
      compose: [file],
      project: PROJECT,
      timeout: "10m",
      onProgress: false,
    });
    network = lab.engine.network;
    quiet = everything();
  }),
);
test.after(async () => {
  await lab.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A test that has to leave everything as it was; no hook, which would end the whole suite. */
function it(what: string, body: () => Promise<void>): void {
  test(what, async () => {
    try {
      await body();
    } finally {
      await network.apply([]);
    }
    assert.is(everything(), quiet, "something was left behind");
  });
}

const fault = (kind: NetFault["kind"], more: object): NetFault =>
  ({ kind, broker: 1, path: "all", direction: "out", jitterMs: 0, ...more }) as NetFault;
const failure = (what: Promise<unknown>): Promise<LabError> =>
  what.then(
    () => assert.unreachable("it did not fail") as never,
    (error: LabError) => error,
  );

/**
 * How long connections to broker 1 take, in milliseconds, the shorter of two: each waits for the answer to
 * its first packet.
 */
function connectMs(from: "here" | "peer", ...ports: number[]): number[] {
  const script =
    `for port in ${ports.join(" ")}; do for n in 1 2; do ` +
    `from=\${EPOCHREALTIME/./}; exec 3<>/dev/tcp/${addressOf(1)}/$port; ` +
    `echo $(((\${EPOCHREALTIME/./} - from) / 1000)); done; done`;
  const out =
    from === "here"
      ? spawnSync("bash", ["-c", script], { encoding: "utf8" }).stdout
      : inside(2, "bash", "-c", script);
  const times = out.trim().split("\n").map(Number);
  return ports.map((_, at) => Math.min(...times.slice(2 * at, 2 * at + 2)));
}

/** This machine, and broker 2 on both listeners. */
const reach = (): number[] => [...connectMs("here", LISTENER), ...connectMs("peer", LISTENER, CONTROLLER)];

for (const [what, faults, expected] of [
  ["all", [fault("delay", { delayMs: 250 })], [250, 250, 250]],
  ["clients", [fault("delay", { delayMs: 250, path: "clients" })], [250, 0, 0]],
  ["peers", [fault("delay", { delayMs: 250, path: "peers" })], [0, 250, 0]],
  ["controllers", [fault("delay", { delayMs: 250, path: "controllers" })], [0, 0, 250]],
  ["what comes in", [fault("delay", { delayMs: 250, direction: "in", path: "clients" })], [250, 0, 0]],
  ["both ways", [fault("delay", { delayMs: 200, direction: "both" })], [400, 400, 400]],
  [
    "two at once add up where both act",
    [fault("delay", { delayMs: 150 }), fault("delay", { delayMs: 200, path: "peers" })],
    [150, 350, 150],
  ],
] as [string, NetFault[], number[]][]) {
  it(`apply() delays: ${what}`, async () => {
    const { via } = await network.apply(faults);
    assert.is(via, "tc netem");
    const tookMs = reach();
    assert.ok(
      tookMs.every((one, at) => one >= expected[at]! && one < expected[at]! + 140),
      `${tookMs.join(", ")} ms, expected ${expected.join(", ")}`,
    );
    const counts = (await network.counts(1))!;
    assert.ok(counts.acted > 0 && counts.dropped === 0, counts.text);
  });
}

it("a delay of all is the posted command, with a handle of the lab's own and room for 30 s", async () => {
  await network.apply([fault("delay", { delayMs: 30_000 })]);
  assert.match(qdiscs(), /^qdisc netem 7ab: root refcnt \d+ limit 600000 delay 30(\.0)?s$/);
});
it("a second fault is added to the first where it is, and healed alone", async () => {
  await network.apply([fault("delay", { delayMs: 250 })]);
  await network.apply([
    fault("delay", { delayMs: 250 }),
    fault("lose", { percent: 20 }),
    fault("throttle", { bytesPerSecond: 1e6 }),
  ]);
  assert.match(
    qdiscs(),
    /^qdisc netem 7ab: root refcnt \d+ limit 100000 delay 250(\.0)?ms loss 20% rate 8Mbit$/,
  );
  await network.apply([fault("delay", { delayMs: 250 })]);
  assert.match(qdiscs(), /^qdisc netem 7ab: root refcnt \d+ limit 100000 delay 250(\.0)?ms$/);
});
it("duplication, corruption and reordering are netem's", async () => {
  await network.apply([
    fault("duplicate", { percent: 5 }),
    fault("corrupt", { percent: 6 }),
    fault("reorder", { percent: 25 }),
  ]);
  assert.match(qdiscs(), /delay 10(\.0)?ms/);
  for (const word of ["duplicate 5%", "corrupt 6%", "reorder 25%"])
    assert.ok(qdiscs().includes(word), qdiscs());
});

/** Pings broker 1 from broker 2: the round trips in the order in which they came, and how many did not. */
function pings(count: number, intervalSeconds: number): { seq: number[]; ms: number[] } {
  const out = spawnSync(
    "docker",
    [
      "exec",
      "--user",
      "root",
      container(2),
      "ping",
      "-n",
      "-c",
      String(count),
      "-i",
      String(intervalSeconds),
      "-W",
      "3",
      addressOf(1),
    ],
    { encoding: "utf8" },
  ).stdout;
  const answers = [...out.matchAll(/seq=(\d+) .*time=([\d.]+) ms/g)];
  return { seq: answers.map(([, seq]) => Number(seq)), ms: answers.map(([, , ms]) => Number(ms)) };
}
it("jitter spreads a delay evenly and keeps the order", async () => {
  await network.apply([fault("delay", { delayMs: 300, jitterMs: 100 })]);
  const { seq, ms } = pings(60, 0.03);
  assert.equal(
    seq,
    [...seq].sort((a, b) => a - b),
    "out of order",
  );
  assert.ok(
    seq.length === 60 && Math.min(...ms) >= 199 && Math.max(...ms) - Math.min(...ms) > 50,
    `${Math.min(...ms)} to ${Math.max(...ms)} ms`,
  );
});
it("a loss loses its share, which is not taken for a full queue", async () => {
  await network.apply([fault("lose", { percent: 50, path: "peers" })]);
  const { ms } = pings(80, 0.03);
  assert.ok(ms.length > 20 && ms.length < 60, `${ms.length} of 80 came back`);
  const { text, dropped } = (await network.counts(1))!;
  assert.match(text, /were lost on purpose, 0 dropped by the limit/);
  assert.is(dropped, 0);
});
it("the queue has room for more than netem's own 1000 packets", async () => {
  await network.apply([fault("delay", { delayMs: 2_000 })]);
  // 1400 answers of the kernel's, in far less than the delay
  await Promise.all(
    [1, 2].map(
      async () =>
        await once(
          spawn(
            "docker",
            [
              "exec",
              "--user",
              "root",
              container(2),
              "ping",
              "-q",
              "-n",
              "-c",
              "700",
              "-i",
              "0.001",
              "-W",
              "3",
              addressOf(1),
            ],
            { stdio: "ignore" },
          ),
          "exit",
        ),
    ),
  );
  assert.match(qdiscs("-s"), /Sent \d+ bytes \d+ pkt \(dropped 0, /);
  assert.ok(Number(/ (\d+) pkt/.exec(qdiscs("-s"))![1]) > 1_000);
  assert.match((await network.counts(1))!.text, /, 0 dropped by the limit$/);
});

it("a foreign netem is never replaced", async () => {
  inside(1, "tc", "qdisc", "add", "dev", "eth0", "root", "handle", "1:", "netem", "delay", "5ms");
  try {
    const foreign = everything();
    const error = await failure(network.apply([fault("delay", { delayMs: 250 })]));
    assert.is(error.code, "FOREIGN_QDISC");
    assert.match(error.message, /netem qdisc \(handle 1:\) that the lab did not make/);
    assert.is(everything(), foreign);
  } finally {
    inside(1, "tc", "qdisc", "del", "dev", "eth0", "root");
  }
});
it("a delay is made again when its node starts", async () => {
  const engine = lab.engine as Engine;
  await network.apply([fault("delay", { delayMs: 250, path: "peers" })]);
  await engine.kill("kafka");
  await engine.start("kafka");
  addresses.clear();
  assert.match(qdiscs(), /netem 7ab2:.*delay 250/);
});
it("a delay does not outlive an owner that is SIGKILLed", async () => {
  await lab.cluster.waitFor("all alive", { timeout: "5m" });
  const child = spawn(
    ...program(fileURLToPath(new URL("../live/owner.ts", import.meta.url)), "delay", "attach", PROJECT),
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
  await until("the owner has delayed the broker", () => said.includes("at delay"), 300_000);
  assert.match(qdiscs(), /netem 7ab: root/);
  child.kill("SIGKILL");
  await until("it is healed", () => everything() === quiet);
});
test.run();
