// The lane's ground, seen without the SDK: what the kernel and tc do to packets between containers.
//
//   target (NET_ADMIN) ──eth0── bridge ──┬── peer
//                                        └── other
//
// Times are the least of a few: a busy machine delays single ones.

import { spawnSync } from "node:child_process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { reportingFailure } from "../live/outside.ts";

const test = suite("netem's ground");
const image = "apache/kafka:3.9.2";
const network = "ground";
const at: Record<"target" | "peer" | "other", string> = { target: "", peer: "", other: "" };

interface Said {
  code: number | null;
  out: string;
  err: string;
}

function docker(args: readonly string[], input = ""): Said {
  const { status, stdout, stderr } = spawnSync("docker", args, {
    encoding: "utf8",
    input,
    timeout: 60_000,
    killSignal: "SIGKILL",
  });
  return { code: status, out: stdout, err: stderr };
}

function done({ code, out, err }: Said): string {
  assert.is(code, 0, err);
  return out;
}

const sh = (container: string, script: string): Said =>
  docker(["exec", "-i", "-u", "root", container, "sh"], script);
const tc = (...args: string[]): Said => docker(["exec", "-u", "root", "target", "tc", ...args]);

/** The least of a few round trips in milliseconds. */
function roundTrip(from: string, to: string): number {
  const times = [...done(sh(from, `ping -c 6 -i 0.2 -W 3 ${to}`)).matchAll(/time=([\d.]+) ms/g)].map(
    ([, ms]) => Number(ms),
  );
  assert.ok(times.length >= 4, `of 6 pings, ${times.length} came back`);
  return Math.min(...times);
}

/** The least of three times to connect, in milliseconds. */
function connectMs(from: string, to: string, port: number): number {
  const script = `for n in 1 2 3; do
    from=\${EPOCHREALTIME/./}; exec 3<>/dev/tcp/${to}/${port}
    echo $(( (\${EPOCHREALTIME/./} - from) / 1000 )); exec 3>&-
  done`;
  return Math.min(...done(sh(from, script)).trim().split("\n").map(Number));
}

function near(actual: number, expected: number, by: number, what: string): void {
  assert.ok(Math.abs(actual - expected) <= by, `${what}: ${actual} ms is not ${expected} ± ${by} ms`);
}

test.before(
  reportingFailure(() => {
    done(docker(["network", "create", network]));
    for (const name of ["target", "peer", "other"] as const) {
      done(
        docker([
          "run",
          "--detach",
          "--name",
          name,
          "--network",
          network,
          ...(name === "target" ? ["--cap-add", "NET_ADMIN"] : []),
          "--entrypoint",
          "sleep",
          image,
          "3600",
        ]),
      );
      at[name] = done(
        docker(["inspect", "--format", `{{.NetworkSettings.Networks.${network}.IPAddress}}`, name]),
      ).trim();
    }
    for (const port of [7001, 7002])
      done(docker(["exec", "--detach", "target", "busybox", "nc", "-ll", "-p", String(port), "-e", "cat"]));
    for (const port of [8001, 8002])
      done(docker(["exec", "--detach", "peer", "busybox", "nc", "-ll", "-p", String(port), "-e", "cat"]));
  }),
);
test.after.each(() => {
  sh(
    "target",
    "tc qdisc del dev eth0 root; tc qdisc del dev eth0 ingress; ip link del ground-ifb; iptables -F OUTPUT",
  );
});
test.after(() => {
  docker(["rm", "--force", ...Object.keys(at)]);
  docker(["network", "rm", network]);
});

test("netem on eth0 delays every packet by the given time, until it is removed", () => {
  assert.ok(roundTrip("peer", at.target) < 5);
  done(tc("qdisc", "add", "dev", "eth0", "root", "handle", "7ab:", "netem", "delay", "250ms"));
  near(roundTrip("peer", at.target), 250, 10, "with a delay");
  done(tc("qdisc", "del", "dev", "eth0", "root", "handle", "7ab:"));
  assert.ok(roundTrip("peer", at.target) < 5);
});

test("prio with filters delays what they match by address and by port, and nothing else", () => {
  done(
    docker(
      ["exec", "-i", "-u", "root", "target", "tc", "-batch", "-"],
      `
qdisc add dev eth0 root handle 7ab: prio bands 5 priomap 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
qdisc add dev eth0 parent 7ab:4 handle 7b4: netem delay 200ms
qdisc add dev eth0 parent 7ab:5 handle 7b5: netem delay 400ms
filter add dev eth0 parent 7ab: protocol ip prio 1 u32 match ip dst ${at.peer}/32 match ip protocol 1 0xff \
flowid 7ab:4
filter add dev eth0 parent 7ab: protocol ip prio 2 u32 match ip protocol 6 0xff match ip sport 7001 0xffff \
flowid 7ab:5
filter add dev eth0 parent 7ab: protocol ip prio 3 u32 match ip protocol 6 0xff match ip dport 8001 0xffff \
flowid 7ab:5
`,
    ),
  );
  near(roundTrip("target", at.peer), 200, 10, "to the matched address");
  assert.ok(roundTrip("target", at.other) < 5);
  near(connectMs("peer", at.target, 7001), 400, 40, "answers from the matched port");
  assert.ok(connectMs("peer", at.target, 7002) < 100);
  near(connectMs("target", at.peer, 8001), 400, 40, "requests to the matched port");
  assert.ok(connectMs("target", at.peer, 8002) < 100);

  const shown = JSON.parse(done(tc("-s", "-j", "qdisc", "show", "dev", "eth0"))) as {
    kind: string;
    handle: string;
    parent?: string;
    packets: number;
    options: { delay?: { delay: number } };
  }[];
  assert.equal(shown.map(({ kind, handle, parent = "root" }) => `${kind} ${handle} ${parent}`).sort(), [
    "netem 7b4: 7ab:4",
    "netem 7b5: 7ab:5",
    "prio 7ab: root",
  ]);
  const slow = shown.find(({ handle }) => handle === "7b4:")!;
  assert.is(slow.options.delay?.delay, 0.2); // seconds
  assert.is(slow.packets, 6);
});

test("a batch stops at the line that fails, says which, and keeps what came before", () => {
  const answer = docker(
    ["exec", "-i", "-u", "root", "target", "tc", "-batch", "-"],
    "qdisc add dev eth0 root handle 7ab: prio\nqdisc add dev eth0 parent 7ab:9 netem\n" +
      "qdisc add dev eth0 parent 7ab:1 handle 7b1: netem\n",
  );
  assert.is(answer.code, 1);
  assert.match(answer.err, /Command failed -:2\n$/);
  assert.equal(
    (JSON.parse(done(tc("-j", "qdisc", "show", "dev", "eth0"))) as { handle: string }[]).map(
      ({ handle }) => handle,
    ),
    ["7ab:"],
  );
});

test("netem on an ifb device, to which eth0's ingress is redirected, delays what comes in", () => {
  done(
    sh(
      "target",
      `set -e
    ip link add ground-ifb type ifb
    ip link set ground-ifb up
    tc qdisc add dev eth0 handle ffff: ingress
    tc filter add dev eth0 parent ffff: protocol ip prio 1 u32 match u32 0 0 \
action mirred egress redirect dev ground-ifb
    tc qdisc add dev ground-ifb root handle 7ab: netem delay 150ms`,
    ),
  );
  near(roundTrip("peer", at.target), 150, 10, "what comes in");
});

test("iptables drops packets in the container's own namespace, all or a part", () => {
  done(sh("target", `iptables -A OUTPUT -d ${at.peer} -j DROP`));
  assert.is(sh("target", `ping -c 1 -W 1 ${at.peer}`).code, 1);
  assert.is(sh("target", `ping -c 1 -W 1 ${at.other}`).code, 0);
  done(
    sh(
      "target",
      "iptables -F OUTPUT; iptables -A OUTPUT -p icmp -m statistic --mode random --probability 0.5 -j DROP",
    ),
  );
  // the answers of the kernel are dropped; a program that sends would be told of it, and ping ends there
  const share = Number(
    sh("peer", `ping -q -c 60 -i 0.05 -W 1 ${at.target}`).out.match(/(\d+)% packet loss/)?.[1],
  );
  assert.ok(share > 15 && share < 85, `${share}% were lost`);
  assert.is(sh("other", `ping -c 1 -W 1 ${at.peer}`).code, 0);
});

test("a root qdisc that is there is refused a second one by name, but not without one", () => {
  done(
    tc(
      "qdisc",
      "add",
      "dev",
      "eth0",
      "root",
      "handle",
      "1:",
      "tbf",
      "rate",
      "1gbit",
      "burst",
      "1m",
      "latency",
      "400ms",
    ),
  );
  const named = tc("qdisc", "add", "dev", "eth0", "root", "handle", "7ab:", "netem", "delay", "1ms");
  assert.equal([named.code, named.err.trim()], [2, "Error: NLM_F_REPLACE needed to override."]);
  const same = tc("qdisc", "add", "dev", "eth0", "root", "handle", "1:", "netem", "delay", "1ms");
  assert.equal([same.code, same.err.trim()], [2, "Error: Exclusivity flag on, cannot modify."]);
  const others = tc("qdisc", "del", "dev", "eth0", "root", "handle", "7ab:");
  assert.equal([others.code, others.err.trim()], [2, "Error: Invalid handle."]);
  assert.is(
    tc("qdisc", "add", "dev", "eth0", "root", "netem", "delay", "1ms").code,
    0,
    "without a handle, the other one is replaced in silence",
  );
});

test.run();
