// Network faults in containers, looked at from outside: who reaches whom, and what tc and iptables say in the
// broker's own namespace. What needs netem is in test/netem/.

import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { skip } from "../skip.ts";
import { attachLab, type Lab, type LabError, type NetFault, startLab } from "@kafka-failure-lab/sdk";
import type { Engine, Network } from "@kafka-failure-lab/sdk/testing";
import { docker, program, reportingFailure, until } from "./outside.ts";

const test = suite("docker network");
const folder = mkdtempSync(path.join(os.tmpdir(), "lab-network-test-"));
const compose = fileURLToPath(new URL("../../compose/", import.meta.url));
const IMAGE = process.env["LAB_KAFKA_IMAGE"] ?? "apache/kafka:3.9.2";

/** One of the lab's files with ports of its own: a local lab beside this test has the usual ones. */
function file(name: string, base: number, change = (text: string): string => text): string {
  const where = path.join(folder, `${name}-${base}.yml`);
  writeFileSync(
    where,
    change(readFileSync(path.join(compose, `${name}.yml`), "utf8").replaceAll("2909", String(base))),
  );
  return where;
}
const common = { scenario: "test-network", runs: folder, onProgress: false } as const;
const options = { ...common, timers: "fast" } as const;
const networkOf = (lab: Lab): Network => lab.engine.network;

let lab: Lab, network: Network, quiet: string[];
const names = new Map<number, string>();
const addressOf = (broker: number): string =>
  docker(
    "inspect",
    "--format",
    "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}",
    names.get(broker)!,
  ).trim();

/**
 * What there is in a container's namespace, but for the counters: from within, or where that cannot be, from
 * beside it.
 */
function look(container: string, from: "within" | "beside" = "within"): string {
  const script = [
    "sh",
    "-c",
    "tc qdisc show; tc filter show; iptables -S; ip -o link show | cut -d : -f 2 | cut -d @ -f 1",
  ];
  if (from === "within") return docker("exec", "--user", "root", container, ...script).trim();
  return docker(
    "run",
    "--rm",
    "--network",
    `container:${container}`,
    "--cap-add",
    "NET_ADMIN",
    "--user",
    "0",
    "--entrypoint",
    script[0]!,
    IMAGE,
    ...script.slice(1),
  ).trim();
}
const see = (broker: number): string => look(names.get(broker)!);
const rules = (broker: number): string[] =>
  see(broker)
    .split("\n")
    .filter((line) => /^-A KFL/.test(line));

test.before(
  reportingFailure(async () => {
    lab = await startLab({ ...options, compose: [file("three-brokers", 3109)] });
    network = networkOf(lab);
    for (const line of docker(
      "ps",
      "--filter",
      `label=com.docker.compose.service`,
      "--format",
      '{{.Names}} {{.Label "com.docker.compose.service"}} {{.Label "kafka-failure-lab"}}',
    )
      .trim()
      .split("\n")) {
      const [name, service, label] = line.split(" ");
      if (label?.split("/")[1] === String(process.pid)) names.set(Number(service!.at(-1)), name!);
    }
    quiet = [1, 2, 3].map(see);
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
    assert.equal([1, 2, 3].map(see), quiet, "something was left behind");
  });
}

const fault = (kind: NetFault["kind"], more: object): NetFault =>
  ({ kind, broker: 1, path: "all", direction: "both", ...more }) as NetFault;
const isolate = (more: object = {}): NetFault => fault("isolate", { how: "drop", ...more });
const failure = (what: Promise<unknown>): Promise<LabError> =>
  what.then(
    () => assert.unreachable("it did not fail") as never,
    (error: LabError) => error,
  );

type Answer = "yes" | "silence" | "refused";

/** Whether a TCP connection comes about: from this machine, or from within a broker's container. */
function dial(from: "host" | number, to: number, port: number): Answer {
  const script = `exec 3<>/dev/tcp/${addressOf(to)}/${port}`;
  const argv =
    from === "host"
      ? ["timeout", "1", "bash", "-c", script]
      : ["docker", "exec", names.get(from)!, "timeout", "1", "bash", "-c", script];
  const { status } = spawnSync(argv[0]!, argv.slice(1), { stdio: "ignore" });
  return status === 0 ? "yes" : status === 1 ? "refused" : "silence";
}
const [CLIENTS, PEERS, CONTROLLERS] = [9092, 19092, 9093];

/** This machine, broker 2 on both kinds of listener, broker 3; and broker 1 dials broker 2. */
const reach = (): Answer[] => [
  dial("host", 1, CLIENTS),
  dial(2, 1, PEERS),
  dial(2, 1, CONTROLLERS),
  dial(3, 1, PEERS),
  dial(1, 2, PEERS),
];

for (const [what, one, answers] of [
  ["all", isolate(), ["silence", "silence", "silence", "silence", "silence"]],
  ["clients", isolate({ path: "clients" }), ["silence", "yes", "yes", "yes", "yes"]],
  ["peers", isolate({ path: "peers" }), ["yes", "silence", "yes", "silence", "silence"]],
  ["controllers", isolate({ path: "controllers" }), ["yes", "yes", "silence", "yes", "yes"]],
  ["one broker", isolate({ between: [2] }), ["yes", "silence", "silence", "yes", "silence"]],
  ["reset", isolate({ how: "reset" }), ["refused", "refused", "refused", "refused", "refused"]],
  [
    "what comes in is refused",
    isolate({ how: "refuse", direction: "in", path: "peers" }),
    ["yes", "refused", "yes", "refused", "yes"],
  ],
  [
    "what goes out is refused",
    isolate({ how: "refuse", direction: "out", path: "peers" }),
    ["yes", "yes", "yes", "yes", "refused"],
  ],
] as [string, NetFault, Answer[]][]) {
  it(`apply() isolates: ${what}`, async () => {
    const { via, effectAt } = await network.apply([one]);
    assert.equal(reach(), answers);
    assert.is(via, "iptables");
    assert.ok(effectAt <= performance.now());
    assert.ok((await network.counts(1))!.acted > 0);
  });
}

/**
 * Asks for ApiVersions a number of times on one connection, all at once, and says how long the answers took;
 * rejects where the connection ends.
 */
let sizeOf = 0; // of an answer
function echoes(times: number, given?: net.Socket): Promise<number> {
  const socket = given ?? net.connect(CLIENTS, addressOf(1));
  const [began, request] = [
    performance.now(),
    new Uint8Array([0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 255, 255]),
  ];
  return new Promise((resolve, reject) => {
    let rest = new Uint8Array(),
      seen = 0;
    socket
      .on("error", reject)
      .on("close", () => reject(new Error("closed")))
      .on("data", (data: Uint8Array) => {
        rest = new Uint8Array([...rest, ...data]);
        while (rest.length >= 4 && rest.length >= 4 + new DataView(rest.buffer).getInt32(0)) {
          sizeOf = 4 + new DataView(rest.buffer).getInt32(0);
          rest = rest.slice(sizeOf);
          if (++seen < times) continue;
          resolve(performance.now() - began);
          if (given === undefined) socket.destroy();
        }
      });
    for (let n = 0; n < times; n++) socket.write(request);
  });
}
it("a refusal lets open connections be, a reset ends them", async () => {
  const socket = net.connect(CLIENTS, addressOf(1));
  await echoes(1, socket);
  await network.apply([isolate({ how: "refuse" })]);
  await echoes(1, socket);
  assert.is(dial("host", 1, CLIENTS), "refused");
  await network.apply([isolate({ how: "reset" })]);
  assert.match(String(await echoes(1, socket).catch((error: unknown) => error)), /ECONNRESET|EPIPE|closed/);
  socket.destroy();
});
it("apply() is told everything each time: what is no longer asked for goes, and only nodes that change are touched", async () => {
  const split = [
    isolate({ between: [2, 3] }),
    isolate({ broker: 2, between: [1] }),
    isolate({ broker: 3, between: [1] }),
  ];
  await network.apply(split);
  assert.equal([dial(2, 1, PEERS), dial(2, 3, PEERS), dial("host", 1, CLIENTS)], ["silence", "yes", "yes"]);
  await network.apply(split.slice(1));
  assert.equal([rules(1).length, rules(2).length > 0], [0, true]);
  const nothing = await network.apply(split.slice(1));
  assert.is(nothing.via, "nothing to change");
});
it("line() goes where it says: from a client, from a broker to both kinds of its listeners", async () => {
  await network.apply([isolate({ path: "peers", between: [2] })]);
  const trips = await Promise.all(
    ([["clients"], ["peers", 2], ["peers", 3], ["controllers", 2]] as const).map(async ([path, from]) => {
      const line = await network.line({ broker: 1, path, ...(from !== undefined && { from }) });
      if (typeof line === "string") return line;
      const tookMs = await line.roundTrip(2_000);
      const again = tookMs === null ? null : await line.roundTrip(2_000);
      line.close();
      return tookMs !== null && again !== null;
    }),
  );
  assert.equal(trips, [true, false, true, true]);
});

const hasNetem = (): boolean =>
  spawnSync(
    "docker",
    [
      "run",
      "--rm",
      "--network",
      "none",
      "--cap-add",
      "NET_ADMIN",
      "--user",
      "0",
      "--entrypoint",
      "tc",
      IMAGE,
      "qdisc",
      "add",
      "dev",
      "lo",
      "root",
      "netem",
      "delay",
      "1ms",
    ],
    { stdio: "ignore" },
  ).status === 0;
it("check() and apply() refuse a delay with UNSUPPORTED where the kernel has no netem, and name what can", async () => {
  if (hasNetem()) return skip("this kernel has netem; see test/netem/");
  for (const error of [
    await failure(network.check([fault("delay", { delayMs: 100, jitterMs: 0 })])),
    await failure(network.apply([fault("delay", { delayMs: 100, jitterMs: 0 })])),
  ]) {
    assert.is(error.code, "UNSUPPORTED");
    assert.match(error.message, /sch_netem[^]*LAB_ENGINE=local/);
  }
});
it("a loss loses some packets and not all", async () => {
  await network.apply([fault("lose", { percent: 40, direction: "out", path: "clients" })]);
  for (let n = 0; n < 3; n++) await echoes(20);
  const { acted, text } = (await network.counts(1))!;
  assert.ok(acted > 0, text);
});
it("a throttle holds its rate on its own path", async () => {
  const before = await echoes(600);
  await network.apply([fault("throttle", { bytesPerSecond: 100_000, direction: "out", path: "clients" })]);
  const during = await echoes(600);
  // htb charges a packet when it has let it go: the last one, of up to 64 KiB (GSO), costs nobody any time
  const leastMs = (600 * sizeOf - 65_536) / 100;
  assert.ok(
    before < 1_000 && during > leastMs,
    `${before} ms, then ${during} ms for ${600 * sizeOf} bytes, at least ${leastMs} expected`,
  );
  assert.ok((await network.counts(1))!.acted > 0);
  assert.is((await network.counts(1))!.dropped, 0);
  await network.apply([fault("throttle", { bytesPerSecond: 100_000, direction: "both", path: "peers" })]);
  const other = await echoes(600);
  assert.ok(other < during / 2, `${other} ms on a path that is not throttled`);
});

it("a foreign qdisc is never replaced: FOREIGN_QDISC, and the other nodes are as they were", async () => {
  const add = [
    "tc",
    "qdisc",
    "add",
    "dev",
    "eth0",
    "root",
    "handle",
    "5:",
    "tbf",
    "rate",
    "1gbit",
    "burst",
    "64kb",
    "latency",
    "50ms",
  ];
  docker("exec", "--user", "root", names.get(2)!, ...add);
  try {
    const foreign = see(2);
    assert.match(foreign, /tbf 5:/);
    const error = await failure(
      network.apply(
        [1, 2, 3].map((broker) => fault("throttle", { broker, bytesPerSecond: 1e6, direction: "out" })),
      ),
    );
    assert.is(error.code, "FOREIGN_QDISC");
    assert.is(error.facts.broker, 2);
    assert.match(error.message, /tbf qdisc \(handle 5:\) that the lab did not make/);
    assert.equal([see(1), see(2), see(3)], [quiet[0], foreign, quiet[2]]);
    await network.apply([isolate({ broker: 2, path: "clients" })]); // is done elsewhere
    assert.is(dial("host", 2, CLIENTS), "silence");
    await network.apply([]);
    assert.is(see(2), foreign);
  } finally {
    docker("exec", "--user", "root", names.get(2)!, "tc", "qdisc", "del", "dev", "eth0", "root");
  }
});
it("what a dead lab left is replaced, and goes with the heal", async () => {
  docker(
    "exec",
    "--user",
    "root",
    names.get(1)!,
    "sh",
    "-c",
    "tc qdisc add dev eth0 root handle 7ab: tbf rate 1gbit burst 64kb latency 50ms; " +
      "iptables -N KFL-IN; iptables -A KFL-IN -j DROP",
  );
  await network.apply([
    fault("throttle", { bytesPerSecond: 1e6, direction: "out" }),
    isolate({ path: "controllers" }),
  ]);
  assert.match(see(1), /htb 7ab:/);
  assert.equal([dial("host", 1, CLIENTS), dial(2, 1, CONTROLLERS)], ["yes", "silence"]);
});

it("a fault is made again when its node starts, whoever starts it, and follows the addresses of others", async () => {
  const engine = lab.engine as Engine;
  await network.apply([isolate({ path: "clients" }), isolate({ broker: 2, path: "peers", between: [1] })]);
  const before = [rules(1), rules(2)];
  await engine.kill("kafka-1");
  await network.apply([
    isolate({ path: "clients" }),
    isolate({ broker: 2, path: "peers", between: [1] }),
    isolate({ broker: 3, path: "peers", between: [1] }),
  ]);
  await engine.start("kafka-1");
  assert.equal([rules(1), rules(2)], before);
  assert.is(rules(3).length, rules(2).length);
  docker("restart", "--time", "0", names.get(1)!);
  await until("the rules are there again", () => rules(1).length === before[0]!.length);
  await network.apply([]);
  await lab.cluster.waitFor("all alive");
});
it("a broker that is frozen is cut off all the same", async () => {
  docker("pause", names.get(1)!);
  try {
    await until("the lab knows", () => (lab.engine as Engine).status("kafka-1").state === "paused");
    await network.apply([isolate()]);
    assert.match(look(names.get(1)!, "beside"), /-A KFL-IN -j DROP/);
  } finally {
    docker("unpause", names.get(1)!);
  }
  await network.apply([]);
  await lab.cluster.waitFor("all alive");
});

it("a container without NET_ADMIN is reached by a helper beside it, and no helper is left", async () => {
  await using other = await startLab({
    ...options,
    compose: [file("one-broker", 3129, (text) => text.replace(/^ *cap_add:.*$/m, ""))],
  });
  const container = docker(
    "ps",
    "--filter",
    "label=com.docker.compose.service=kafka-1",
    "--filter",
    `name=${docker("ps", "--latest", "--format", "{{.Names}}").trim()}`,
    "--format",
    "{{.Names}}",
  ).trim();
  const before = look(container, "beside");
  const { differs } = await networkOf(other).apply([isolate({ path: "clients" })]);
  assert.match(differs.join(), /helper container/);
  assert.match(look(container, "beside"), /-A KFL-IN -j DROP/);
  await networkOf(other).apply([]);
  assert.is(look(container, "beside"), before);
});

/** A cluster that somebody else has started. */
async function others(
  what: (name: string, container: string) => Promise<void>,
  change?: (text: string) => string,
): Promise<void> {
  const name = `lab-network-${process.pid}`;
  const v2 =
    spawnSync("docker", ["compose", "version"], { stdio: "ignore" }).status === 0
      ? ["docker", "compose"]
      : ["docker-compose"];
  const run = (...args: string[]): string =>
    execFileSync(v2[0]!, [...v2.slice(1), "-p", name, "-f", file("one-broker", 3119, change), ...args], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  run("up", "--detach");
  try {
    await what(name, docker("ps", "--quiet", "--filter", `label=com.docker.compose.project=${name}`).trim());
  } finally {
    run("down", "--volumes", "--timeout", "0");
  }
}
it("attachLab() heals nothing where no lab was, also in a container without NET_ADMIN, and judges an unknown application", async () => {
  const change = (text: string): string => text.replace(/^.*cap_add:.*\n/m, "");
  await others(async (name) => {
    const progress: string[] = [];
    const found = await attachLab({
      ...common,
      project: name,
      topic: { name: "orders" },
      onProgress: (line) => progress.push(line),
    });
    await found.cluster.createTopic("orders");
    const seen = await found.watch();
    const app = spawn(
      ...program(
        fileURLToPath(new URL("./unknown-app.mjs", import.meta.url)),
        found.bootstrap.join(),
        "orders",
      ),
      { stdio: ["pipe", "ignore", "inherit"] },
    );
    await seen.arrived(30);
    app.stdin.end();
    await once(app, "exit");
    const { verdict, judgement } = await found.conclude({ print: false, exitCode: false });
    assert.equal([verdict, judgement.counts.sent], [true, 0]);
    assert.equal(
      progress.filter((line) => /healed|could not look/.test(line)),
      [],
    );
  }, change);
});
it("an attached owner that is SIGKILLed leaves no fault behind; what one left with its guardian is healed by the next; others' things stay", async () => {
  await others(async (name, container) => {
    docker("exec", "--user", "root", container, "iptables", "-A", "INPUT", "-s", "192.0.2.1", "-j", "DROP");
    const before = look(container);
    const child = spawn(
      ...program(fileURLToPath(new URL("./owner.ts", import.meta.url)), "isolate", "attach", name),
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
    await until("the owner has isolated the broker", () => said.includes("at isolate"), 180_000);
    assert.match(look(container), /-A KFL-IN -j DROP/);
    child.kill("SIGKILL");
    await once(child, "exit");
    await until("it is healed", () => look(container) === before);
    docker(
      "exec",
      "--user",
      "root",
      container,
      "sh",
      "-c",
      "tc qdisc add dev eth0 root handle 7ab: htb; iptables -N KFL-IN; iptables -I INPUT ! -i lo -j KFL-IN",
    );
    const progress: string[] = [];
    const next = await attachLab({ ...common, project: name, onProgress: (line) => progress.push(line) });
    assert.is(look(container), before);
    assert.ok(
      progress.some((line) => /healed the network of kafka-1/.test(line)),
      progress.join("\n"),
    );
    await next.close();
  });
});
test.run();
