// From faults to what is done in a broker's network namespace, as literal tables; and what tc and iptables
// say, as they said it.

import { execFileSync } from "node:child_process";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { assertNames, refusal } from "./refusal.ts";
import { LabError } from "../../sdk/model/errors.ts";
import { explain, sweptLines } from "../../sdk/engine/docker/network/account.ts";
import type { Site } from "../../sdk/engine/docker/network/effects.ts";
import {
  type Kernel,
  NOTHING,
  type Plan,
  planOf,
  stepsOf,
  undoScript,
} from "../../sdk/engine/docker/network/plan.ts";
import {
  foreignTo,
  hasOwn,
  type Qdisc,
  readCounts,
  readQdiscs,
} from "../../sdk/engine/docker/network/qdiscs.ts";
import { lookScript, readSight, sawOwn } from "../../sdk/engine/docker/network/look.ts";
import { countsIn } from "../../sdk/engine/docker/network/namespace.ts";
import { execIn, helperOf } from "../../sdk/engine/docker/network/reach.ts";
import { readProbe } from "../../sdk/engine/docker/network/tools.ts";
import type { NetFault } from "../../sdk/model/traffic.ts";

const qdiscsOf = (text: string): Qdisc[] => readQdiscs(text) ?? [];

/** Broker 1 of three combined nodes; and of two. */
const site: Site = {
  interfaces: ["eth0"],
  controllerPorts: [9093],
  remotes: [
    { broker: 2, addresses: ["10.0.0.2"], controllerPorts: [9093] },
    { broker: 3, addresses: ["10.0.0.3"], controllerPorts: [9093] },
  ],
};
const two: Site = { ...site, remotes: site.remotes.slice(0, 1) };
const kernel: Kernel = { netem: true, prio: true, htb: true, ifb: true };
const bare: Kernel = { netem: false, prio: false, htb: true, ifb: true };

const all = { broker: 1, path: "all", direction: "out" } as const;
const delay = (delayMs: number, more: Partial<NetFault> = {}): NetFault =>
  ({ ...all, kind: "delay", delayMs, jitterMs: 0, ...more }) as NetFault;
const lose = (percent: number, more: Partial<NetFault> = {}): NetFault =>
  ({ ...all, kind: "lose", percent, ...more }) as NetFault;
const throttle = (bytesPerSecond: number, more: Partial<NetFault> = {}): NetFault =>
  ({ ...all, kind: "throttle", bytesPerSecond, ...more }) as NetFault;
const isolate = (how: "drop" | "reset" | "refuse", more: Partial<NetFault> = {}): NetFault =>
  ({ ...all, kind: "isolate", how, direction: "both", ...more }) as NetFault;
const disorder = (kind: "duplicate" | "corrupt" | "reorder", percent: number): NetFault => ({
  ...all,
  kind,
  percent,
});

const ZEROS = " 0".repeat(16);
const root = "qdisc add dev eth0 root handle 7ab:";
const filter = "filter add dev eth0 parent 7ab: protocol ip prio";

for (const [what, faults, lines] of [
  ["the posted command's delay", [delay(30_000)], [`${root} netem delay 30000ms limit 600000`]],
  ["a short delay's queue has room", [delay(250)], [`${root} netem delay 250ms limit 100000`]],
  [
    "jitter keeps the order by a rate",
    [delay(250, { jitterMs: 50 })],
    [`${root} netem delay 250ms 50ms rate 10gbit limit 100000`],
  ],
  ["a loss", [lose(20)], [`${root} netem loss 20% limit 100000`]],
  ["a rate", [throttle(1_000_000)], [`${root} netem rate 8000000bit limit 100000`]],
  ["a duplication", [disorder("duplicate", 5)], [`${root} netem duplicate 5% limit 100000`]],
  ["a corruption", [disorder("corrupt", 5)], [`${root} netem corrupt 5% limit 100000`]],
  [
    "a reordering, for which packets have to wait",
    [disorder("reorder", 25)],
    [`${root} netem delay 10ms reorder 25% limit 100000`],
  ],
  [
    "several at once: times add up, chances are independent, the lower rate counts",
    [
      delay(100, { jitterMs: 10 }),
      delay(150, { jitterMs: 5 }),
      lose(20),
      lose(50),
      throttle(2000),
      throttle(1000),
    ],
    [`${root} netem delay 250ms 15ms loss 60% rate 8000bit limit 100000`],
  ],
  [
    "clients: the nodes' own packets are untouched",
    [delay(250, { path: "clients" })],
    [
      `${root} prio bands 2 priomap${ZEROS}`,
      "qdisc add dev eth0 parent 7ab:2 handle 7ab2: netem delay 250ms limit 100000",
      `${filter} 2 u32 match ip dst 10.0.0.2/32 flowid 7ab:1`,
      `${filter} 2 u32 match ip dst 10.0.0.3/32 flowid 7ab:1`,
      `${filter} 3 u32 match u32 0 0 flowid 7ab:2`,
    ],
  ],
  [
    "peers: but for the controllers' port, of either side",
    [delay(250, { path: "peers", between: [2] })],
    [
      `${root} prio bands 2 priomap${ZEROS}`,
      "qdisc add dev eth0 parent 7ab:2 handle 7ab2: netem delay 250ms limit 100000",
      `${filter} 1 u32 match ip dst 10.0.0.2/32 match ip protocol 6 0xff match ip sport ` +
        "9093 0xffff flowid 7ab:1",
      `${filter} 1 u32 match ip dst 10.0.0.2/32 match ip protocol 6 0xff match ip dport ` +
        "9093 0xffff flowid 7ab:1",
      `${filter} 2 u32 match ip dst 10.0.0.2/32 flowid 7ab:2`,
    ],
  ],
  [
    "controllers",
    [delay(250, { path: "controllers", between: [3] })],
    [
      `${root} prio bands 2 priomap${ZEROS}`,
      "qdisc add dev eth0 parent 7ab:2 handle 7ab2: netem delay 250ms limit 100000",
      `${filter} 1 u32 match ip dst 10.0.0.3/32 match ip protocol 6 0xff match ip sport ` +
        "9093 0xffff flowid 7ab:2",
      `${filter} 1 u32 match ip dst 10.0.0.3/32 match ip protocol 6 0xff match ip dport ` +
        "9093 0xffff flowid 7ab:2",
    ],
  ],
  [
    "one path on top of all: a band for each sum",
    [delay(100), lose(10, { path: "all", between: [2] })],
    [
      `${root} prio bands 3 priomap${ZEROS}`,
      "qdisc add dev eth0 parent 7ab:2 handle 7ab2: netem delay 100ms loss 10% limit 100000",
      "qdisc add dev eth0 parent 7ab:3 handle 7ab3: netem delay 100ms limit 100000",
      `${filter} 2 u32 match ip dst 10.0.0.2/32 flowid 7ab:2`,
      `${filter} 3 u32 match u32 0 0 flowid 7ab:3`,
    ],
  ],
] as [string, NetFault[], string[]][]) {
  test(`planOf() of ${what}`, () =>
    assert.equal(planOf(faults, site, kernel), { turned: [], tc: lines, rules: [] }));
}

test("planOf() leads what a broker receives through a device of its own, on every interface", () => {
  const { turned, tc } = planOf(
    [delay(250, { direction: "both" })],
    { ...site, interfaces: ["eth0", "eth1"] },
    kernel,
  );
  assert.equal(turned, ["eth0", "eth1"]);
  assert.equal(
    tc,
    ["eth0", "eth1"].flatMap((device) => [
      `qdisc add dev ${device} root handle 7ab: netem delay 250ms limit 100000`,
      `qdisc add dev kfl-${device} root handle 7ab: netem delay 250ms limit 100000`,
      `qdisc add dev ${device} handle ffff: ingress`,
      `filter add dev ${device} parent ffff: protocol ip prio 1 u32 match u32 0 0 action ` +
        `mirred egress redirect dev kfl-${device}`,
    ]),
  );
});
test("planOf() sorts what a broker receives by the address that sent it", () => {
  const { tc } = planOf([delay(250, { direction: "in", path: "controllers" })], two, kernel);
  assert.equal(
    tc.filter((line) => line.startsWith("filter add dev kfl-eth0")),
    ["dport", "sport"].map(
      (side) =>
        "filter add dev kfl-eth0 parent 7ab: protocol ip prio 1 u32 match ip src 10.0.0.2/32 " +
        `match ip protocol 6 0xff match ip ${side} 9093 0xffff flowid 7ab:2`,
    ),
  );
});
test("planOf() throttles by htb where there is no netem", () => {
  assert.equal(planOf([throttle(1_000_000, { path: "peers" })], two, bare).tc, [
    `${root} htb default 0`,
    "class add dev eth0 parent 7ab: classid 7ab:2 htb rate 8000000bit quantum 60000",
    "qdisc add dev eth0 parent 7ab:2 handle 7ab2: pfifo limit 100000",
    `${filter} 1 u32 match ip dst 10.0.0.2/32 match ip protocol 6 0xff match ip sport ` +
      "9093 0xffff flowid 7ab:0",
    `${filter} 1 u32 match ip dst 10.0.0.2/32 match ip protocol 6 0xff match ip dport ` +
      "9093 0xffff flowid 7ab:0",
    `${filter} 2 u32 match ip dst 10.0.0.2/32 flowid 7ab:2`,
  ]);
});

const RESET = "-p tcp --tcp-flags RST NONE -j REJECT --reject-with tcp-reset";
for (const [what, faults, lines] of [
  ["all of it", [isolate("drop")], ["-A KFL-IN -j DROP", "-A KFL-OUT -j DROP"]],
  ["one way", [isolate("drop", { direction: "in" })], ["-A KFL-IN -j DROP"]],
  [
    "clients",
    [isolate("drop", { path: "clients" })],
    [
      "-A KFL-IN -s 10.0.0.2 -j RETURN",
      "-A KFL-IN -j DROP",
      "-A KFL-OUT -d 10.0.0.2 -j RETURN",
      "-A KFL-OUT -j DROP",
    ],
  ],
  [
    "peers",
    [isolate("drop", { path: "peers" })],
    [
      "-A KFL-IN -s 10.0.0.2 -p tcp --dport 9093 -j RETURN",
      "-A KFL-IN -s 10.0.0.2 -p tcp --sport 9093 -j RETURN",
      "-A KFL-IN -s 10.0.0.2 -j DROP",
      "-A KFL-OUT -d 10.0.0.2 -p tcp --sport 9093 -j RETURN",
      "-A KFL-OUT -d 10.0.0.2 -p tcp --dport 9093 -j RETURN",
      "-A KFL-OUT -d 10.0.0.2 -j DROP",
    ],
  ],
  [
    "controllers",
    [isolate("drop", { path: "controllers" })],
    [
      "-A KFL-IN -s 10.0.0.2 -p tcp --dport 9093 -j DROP",
      "-A KFL-IN -s 10.0.0.2 -p tcp --sport 9093 -j DROP",
      "-A KFL-OUT -d 10.0.0.2 -p tcp --sport 9093 -j DROP",
      "-A KFL-OUT -d 10.0.0.2 -p tcp --dport 9093 -j DROP",
    ],
  ],
  [
    "a split's other side",
    [isolate("drop", { between: [2] })],
    ["-A KFL-IN -s 10.0.0.2 -j DROP", "-A KFL-OUT -d 10.0.0.2 -j DROP"],
  ],
  [
    "a reset, which lets resets through",
    [isolate("reset")],
    ["KFL-IN", "KFL-OUT"].flatMap((chain) => [`-A ${chain} ${RESET}`, `-A ${chain} ! -p tcp -j DROP`]),
  ],
  [
    "a refusal",
    [isolate("refuse", { direction: "in" })],
    ["-A KFL-IN -p tcp --syn -j REJECT --reject-with tcp-reset"],
  ],
  [
    "a refusal by one, a black hole for the others: what the first lets through is not dropped",
    [
      isolate("refuse", { direction: "in", path: "peers" }),
      isolate("refuse", { direction: "in", path: "controllers" }),
      isolate("drop", { direction: "in", path: "clients" }),
    ],
    [
      "-A KFL-IN -s 10.0.0.2 -p tcp --syn -j REJECT --reject-with tcp-reset",
      "-A KFL-IN -s 10.0.0.2 -j RETURN",
      "-A KFL-IN -j DROP",
    ],
  ],
  [
    "two on one path: the harder one",
    [isolate("refuse", { direction: "in" }), isolate("drop", { direction: "in" })],
    ["-A KFL-IN -j DROP"],
  ],
  ["a loss without netem", [lose(20)], ["-A KFL-OUT -m statistic --mode random --probability 0.2 -j DROP"]],
  [
    "a loss and a reset without netem",
    [lose(20, { direction: "in" }), isolate("reset", { direction: "in" })],
    [
      `-A KFL-IN ${RESET}`,
      "-A KFL-IN ! -p tcp -j DROP",
      "-A KFL-IN -m statistic --mode random --probability 0.2 -j DROP",
    ],
  ],
] as [string, NetFault[], string[]][]) {
  test(`planOf() isolates: ${what}`, () =>
    assert.equal(planOf(faults, two, bare), { turned: [], tc: [], rules: lines }));
}

for (const [what, faults, without, ...names] of [
  ["a delay without netem", [delay(250)], bare, "250 ms", "broker 1", "sch_netem", "LAB_ENGINE=local"],
  ["a reordering without netem", [disorder("reorder", 5)], bare, "sch_netem"],
  ["a rate without netem and htb", [throttle(1000)], { ...bare, htb: false }, "sch_netem", "sch_htb"],
  ["a path without prio", [delay(250, { path: "peers" })], { ...kernel, prio: false }, "sch_prio", '"all"'],
  [
    "what a broker receives without ifb",
    [delay(250, { direction: "in" })],
    { ...kernel, ifb: false },
    "ifb",
    'direction "out"',
  ],
] as [string, NetFault[], Kernel, ...string[]][]) {
  test(`planOf() refuses ${what} and names what can`, () => {
    assert.throws(() => planOf(faults, site, without), refusal("UNSUPPORTED", { broker: 1 }, ...names));
  });
}

const plan = (faults: NetFault[], of: Site = two): Plan => planOf(faults, of, kernel);
test("stepsOf() makes one command of one line, as a reader would type it", () => {
  assert.equal(stepsOf(NOTHING, plan([delay(30_000)]), "iptables"), [
    { argv: "tc qdisc add dev eth0 root handle 7ab: netem delay 30000ms limit 600000".split(" ") },
  ]);
  assert.equal(stepsOf(plan([delay(30_000)]), NOTHING, "iptables"), [
    { argv: "tc qdisc del dev eth0 root handle 7ab:".split(" ") },
  ]);
  assert.equal(stepsOf(plan([delay(250)]), plan([delay(250)]), "iptables"), []);
});
test("stepsOf() changes netem where it is, unless it would have to forget a parameter", () => {
  assert.equal(stepsOf(plan([delay(250)]), plan([delay(250), lose(5)]), "iptables"), [
    { argv: "tc qdisc change dev eth0 root handle 7ab: netem delay 250ms loss 5% limit 100000".split(" ") },
  ]);
  assert.equal(stepsOf(plan([delay(250), lose(5)]), plan([delay(250)]), "iptables"), [
    {
      argv: ["tc", "-batch", "-"],
      input:
        "qdisc del dev eth0 root handle 7ab:\nqdisc add dev eth0 root handle 7ab: netem delay " +
        "250ms limit 100000\n",
    },
  ]);
});
test("stepsOf() makes the device before the tree, and removes it after", () => {
  const turned = plan([delay(250, { direction: "in" })]);
  assert.equal(
    stepsOf(NOTHING, turned, "iptables").map(({ argv, input }) => [argv.join(" "), input!.split("\n")[0]]),
    [
      ["ip -batch -", "link add kfl-eth0 type ifb"],
      ["tc -batch -", "qdisc add dev kfl-eth0 root handle 7ab: netem delay 250ms limit 100000"],
    ],
  );
  assert.equal(
    stepsOf(turned, NOTHING, "iptables").map(({ argv, input }) => [argv.join(" "), input]),
    [
      ["tc -batch -", "qdisc del dev kfl-eth0 root handle 7ab:\nqdisc del dev eth0 ingress\n"],
      ["ip -batch -", "link del kfl-eth0\n"],
    ],
  );
});
test("stepsOf() writes a table of the lab's own chains alone, in one go", () => {
  const [isolated, other] = [plan([isolate("drop", { direction: "in" })]), plan([isolate("drop")])];
  const text = (...lines: string[]) => [
    {
      argv: ["iptables-legacy-restore", "--noflush"],
      input: ["*filter", ":KFL-IN - [0:0]", ":KFL-OUT - [0:0]", ...lines, "COMMIT", ""].join("\n"),
    },
  ];
  assert.equal(
    stepsOf(NOTHING, isolated, "iptables-legacy"),
    text("-A KFL-IN -j DROP", "-I INPUT ! -i lo -j KFL-IN", "-I OUTPUT ! -o lo -j KFL-OUT"),
  );
  assert.equal(stepsOf(isolated, other, "iptables-legacy"), text("-A KFL-IN -j DROP", "-A KFL-OUT -j DROP"));
  assert.equal(
    stepsOf(other, NOTHING, "iptables-legacy"),
    text("-D INPUT ! -i lo -j KFL-IN", "-D OUTPUT ! -o lo -j KFL-OUT", "-X KFL-IN", "-X KFL-OUT"),
  );
});
test("a reach is one docker command, whatever the steps", () => {
  const [one, both] = [
    stepsOf(NOTHING, plan([delay(250)]), "iptables"),
    stepsOf(NOTHING, plan([delay(250), isolate("drop")]), "iptables"),
  ];
  assert.is(
    execIn("abc").argv(one).join(" "),
    "exec --user root abc tc qdisc add dev eth0 root handle 7ab: netem delay 250ms limit 100000",
  );
  assert.is(
    helperOf("abc", "tools:1", "lab=me").argv(one).join(" "),
    "run --rm --network container:abc --cap-add NET_ADMIN --user 0 --label lab=me " +
      "--entrypoint tc tools:1 qdisc add dev eth0 root handle 7ab: netem delay 250ms limit " +
      "100000",
  );
  assert.equal(execIn("abc").argv(both), [
    "exec",
    "--user",
    "root",
    "abc",
    "sh",
    "-c",
    "set -e\ntc qdisc add dev eth0 root handle 7ab: netem delay 250ms limit 100000\n" +
      "iptables-restore --noflush <<'END'\n*filter\n:KFL-IN - [0:0]\n:KFL-OUT - [0:0]\n-A " +
      "KFL-IN -j DROP\n-A KFL-OUT -j DROP\n-I INPUT ! -i lo -j KFL-IN\n-I OUTPUT ! -o lo -j " +
      "KFL-OUT\nCOMMIT\nEND",
  ]);
});
test("undoScript() names nothing but the lab's own", () => {
  for (const line of undoScript(["eth0"], "iptables")
    .split("\n")
    .filter((text) => /del|-D|-F|-X/.test(text)))
    assert.match(line, /7ab:|kfl-|KFL-/);
});

// as iproute2 6.1 and iptables 1.8.9 wrote it
const QUIET =
  '[{"kind":"noqueue","handle":"0:","dev":"lo","root":true,"refcnt":2,"options":{}},' +
  '{"kind":"noqueue","handle":"0:","dev":"eth0","root":true,"refcnt":2,"options":{}}]';
const FOREIGN =
  '[{"kind":"tbf","handle":"8001:","dev":"eth0","root":true,"refcnt":3,' +
  '"options":{"rate":1000000,"burst":32768,"lat":50000}},{"kind":"ingress",' +
  '"handle":"ffff:","dev":"eth0","parent":"ffff:fff1","options":{}}]';
const OURS =
  '[{"kind":"htb","handle":"7ab:","dev":"eth0","root":true,"refcnt":3,' +
  '"options":{"r2q":10,"default":"0","direct_packets_stat":16,"direct_qlen":1000},' +
  '"bytes":3133,"packets":18,"drops":0,"overlimits":0,"requeues":0,"backlog":0,' +
  '"qlen":0},{"kind":"pfifo","handle":"7ab2:","dev":"eth0","parent":"7ab:2",' +
  '"options":{"limit":100000},"bytes":512,"packets":2,"drops":0,"overlimits":0,' +
  '"requeues":0,"backlog":0,"qlen":0},{"kind":"ingress","handle":"ffff:","dev":"eth0",' +
  '"parent":"ffff:fff1","options":{}},{"kind":"htb","handle":"7ab:","dev":"kfl-eth0",' +
  '"root":true,"refcnt":2,"options":{}}]';
const turned = { tc: [`${root} netem delay 1ms limit 1`], turned: ["eth0"] };

test("foreignTo() finds what others made where the lab's own would go, and nothing else", () => {
  assert.is(foreignTo(qdiscsOf(QUIET), turned), undefined);
  assert.is(foreignTo(qdiscsOf(OURS), turned), undefined);
  assert.is(foreignTo(qdiscsOf(FOREIGN), turned)?.kind, "tbf");
  assert.is(foreignTo(qdiscsOf(FOREIGN), { tc: [], turned: ["eth0"] })?.kind, "ingress");
  assert.is(
    foreignTo(qdiscsOf(FOREIGN), { tc: [`qdisc add dev eth1 root handle 7ab: netem`], turned: [] }),
    undefined,
  );
  assert.is(foreignTo([], turned), undefined);
});
test("hasOwn() knows the lab's handle and devices", () =>
  assert.equal(
    [QUIET, FOREIGN, OURS].map((text) => hasOwn(qdiscsOf(text))),
    [false, false, true],
  ));
test("explain() names a foreign qdisc and how it is removed", () => {
  const error = explain(
    new LabError("COMMAND_FAILED", "x", { stderr: "Error: Exclusivity flag on, cannot modify." }),
    {
      what: "make a delay",
      container: "shop-kafka-1",
      broker: 1,
      qdiscs: qdiscsOf(FOREIGN),
      wants: { ...turned, rules: [] },
    },
  );
  assert.is(error?.code, "FOREIGN_QDISC");
  assertNames(error!.message, ["eth0", "shop-kafka-1", "tbf", "handle 8001:", "tc qdisc del dev eth0 root"]);
});
test("explain() takes an unknown kind for UNSUPPORTED, and leaves the rest to another try", () => {
  const explained = (stderr: string) =>
    explain(new LabError("COMMAND_FAILED", "x", { stderr }), {
      what: "make a delay",
      container: "k",
      broker: 1,
      qdiscs: qdiscsOf(QUIET),
      wants: { ...turned, rules: [] },
    })?.code;
  assert.equal(
    [explained("Error: Specified qdisc kind is unknown."), explained("Error: Invalid handle.")],
    ["UNSUPPORTED", undefined],
  );
});

const SAVED = [
  "[12:720] -A INPUT ! -i lo -j KFL-IN",
  "[0:0] -A OUTPUT ! -o lo -j KFL-OUT",
  "[5:300] -A KFL-IN -s 172.21.0.2/32 -p tcp -m tcp --dport 9093 -j RETURN",
  "[4:240] -A KFL-IN -s 172.21.0.2/32 -p tcp -m tcp --tcp-flags RST NONE -j REJECT --reject-with tcp-reset",
  "[3:180] -A KFL-IN -m statistic --mode random --probability 0.29999999981 -j DROP",
].join("\n");
const netem = (more: string, options = "") =>
  qdiscsOf(
    `[{"kind":"netem","handle":"7ab:","dev":"eth0","root":true,"refcnt":2,` +
      `"options":{"limit":100000,"delay":{"delay":0.25,"jitter":0,` +
      `"correlation":0}${options},"ecn":false,"gap":0},"bytes":900,"packets":9,${more},` +
      `"overlimits":0,"requeues":0,"backlog":200}]`,
  );
for (const [what, qdiscs, saved, counts] of [
  ["nothing", qdiscsOf(QUIET), "", { text: "", acted: 0, dropped: 0 }],
  [
    "a throttle",
    qdiscsOf(OURS),
    "",
    { text: "2 packets passed the fault, 0 dropped by the limit", acted: 2, dropped: 0 },
  ],
  [
    "packets that wait",
    netem('"drops":0,"qlen":2'),
    "",
    { text: "9 packets passed the fault, 2 wait in it, 0 dropped by the limit", acted: 11, dropped: 0 },
  ],
  [
    "a queue that was full",
    netem('"drops":7,"qlen":0'),
    "",
    { text: "9 packets passed the fault, 7 dropped by the limit", acted: 9, dropped: 7 },
  ],
  [
    "what was lost on purpose",
    netem('"drops":7,"qlen":0', ',"loss-random":{"loss":0.2,"correlation":0}'),
    "",
    {
      text: "9 packets passed the fault, 7 were lost on purpose, 0 dropped by the limit",
      acted: 16,
      dropped: 0,
    },
  ],
  [
    "rules",
    qdiscsOf(QUIET),
    SAVED,
    { text: "iptables dropped 3 packets and rejected 4", acted: 7, dropped: 0 },
  ],
] as const)
  test(`readCounts() of ${what}`, () => assert.equal(readCounts(qdiscs, saved), counts));

const PROBED =
  "CapEff:\t00000000a80435fb\nhas tc\nhas ip\niptables iptables\n2584: eth0    inet " +
  "172.17.0.2/16 brd 172.17.255.255 scope global eth0\\       valid_lft forever " +
  "preferred_lft forever\n2590: eth1@if7    inet 10.0.0.2/24 scope global eth1\nhas ifb\n" +
  "has try\nhas htb\n";
test("readProbe() reads what was tried", () => {
  assert.equal(readProbe(PROBED), {
    hasTools: true,
    isAdmin: true,
    kernel: { netem: false, prio: false, htb: true, ifb: true },
    interfaces: ["eth0", "eth1"],
    iptables: "iptables",
  });
});
test("readProbe() leaves open what could not be tried, and sees a container without tools and rights", () => {
  assert.equal(readProbe("CapEff:\t00000000a80425fb\nhas tc\n"), {
    hasTools: false,
    isAdmin: false,
    kernel: { netem: true, prio: true, htb: true, ifb: false },
    interfaces: [],
    iptables: undefined,
  });
});

const SEEN = `qdiscs\n${QUIET}\n\nrules\n`;
for (const [what, text, seen] of [
  ["a quiet namespace", SEEN, { own: false, unseen: [] }],
  ["a lab's rules", `${SEEN}[3:180] -A KFL-IN -j DROP\n`, { own: true, unseen: [] }],
  ["a lab's qdiscs", SEEN.replace(QUIET, OURS), { own: true, unseen: [] }],
  [
    "iptables without permission",
    `qdiscs\n${QUIET}\nno rules\niptables-save: Permission denied (you must be root)\n`,
    { own: false, unseen: ["iptables: iptables-save: Permission denied (you must be root)"] },
  ],
  [
    "neither program",
    "no qdiscs\nsh: tc: not found\nno rules\nsh: iptables-save: not found\n",
    { own: false, unseen: ["tc: sh: tc: not found", "iptables: sh: iptables-save: not found"] },
  ],
  ["a tc that lists nothing readable", "qdiscs\n\nrules\n", { own: false, unseen: ["tc: it said nothing"] }],
  ["silence", "", { own: false, unseen: ["tc: it said nothing", "iptables: it said nothing"] }],
] as const) {
  test(`readSight() of ${what}`, () => {
    const sight = readSight(text);
    assert.equal({ own: sawOwn(sight), unseen: sight.unseen }, seen);
  });
}
test("readSight() reads what the script of a look prints, on this machine, too", () => {
  const sight = readSight(execFileSync("sh", ["-c", lookScript(undefined)], { encoding: "utf8" }));
  assert.is(
    sight.qdiscs === undefined,
    sight.unseen.some((why) => why.startsWith("tc: ")),
  );
  assert.is(
    sight.saved === undefined,
    sight.unseen.some((why) => why.startsWith("iptables: ")),
  );
  assert.is(sawOwn(sight), false);
});
test("a sweep says what was healed and what could not be looked at, one line a reason", () =>
  assert.equal(
    sweptLines([
      { service: "kafka", healed: false, unseen: ["iptables: Permission denied"] },
      { service: "kafka2", healed: false, unseen: ["iptables: Permission denied"] },
      { service: "kafka3", healed: true, unseen: [] },
      { service: "kafka4", healed: false, unseen: [] },
    ]).map((line) => [/healed/.test(line), line.match(/kafka\d?/g), /Permission denied/.test(line)]),
    [
      [true, ["kafka3"], false],
      [false, ["kafka", "kafka2"], true],
    ],
  ));
test("packets that could not be counted are unknown, not none", () => {
  const plan: Plan = { turned: [], tc: [`${root} netem delay 250ms limit 100000`], rules: [] };
  const unseen = readSight("no qdiscs\nsh: tc: not found\nrules\n");
  assert.throws(
    () => countsIn(unseen, { plan, service: "kafka" }),
    refusal("COMMAND_FAILED", "kafka", "tc: sh: tc: not found"),
  );
  assert.is(countsIn(unseen, { plan: NOTHING, service: "kafka" }).acted, 0);
});
test.run();
