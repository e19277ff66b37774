// Faults as values: what is asked, which effect it has, and the kinds that programs add.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { defineFault, faults, type FaultSpec, type ResolvedFault } from "@kafka-failure-lab/sdk";
import { faultKinds, resolveFault } from "@kafka-failure-lab/sdk/predict";
import { endsProcess, nounOf, processOf, resolveFault as resolve } from "../../sdk/faults/mod.ts";
import { asValue } from "../../sdk/lab/verbs/predict.ts";
import { makeTape } from "../../sdk/recording/tape.ts";

const thrown = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    return (error as Error).constructor.name;
  }
  return "nothing";
};

const SPECS: readonly [FaultSpec, FaultSpec, Omit<ResolvedFault, "kind" | "targets">][] = [
  [faults.stop(1), { kind: "stop", target: 1 }, { process: "shutdown" }],
  [faults.kill("leader"), { kind: "kill", target: "leader" }, { process: "death" }],
  [
    faults.pause([1, 2], { lasts: "3s" }),
    { kind: "pause", target: [1, 2], lasts: "3s" },
    { process: "freeze", lastsMs: 3_000 },
  ],
  [
    faults.delay(1, "30s", { path: "clients", jitter: "1s" }),
    { kind: "delay", target: 1, delay: "30s", path: "clients", jitter: "1s" },
    {
      network: [
        { kind: "delay", delayMs: 30_000, jitterMs: 1_000, broker: 1, path: "clients", direction: "out" },
      ],
    },
  ],
  [
    faults.isolate(1),
    { kind: "isolate", target: 1 },
    { network: [{ kind: "isolate", how: "drop", broker: 1, path: "all", direction: "both" }] },
  ],
  [
    faults.throttle(1, "1MB/s", { direction: "in" }),
    { kind: "throttle", target: 1, rate: "1MB/s", direction: "in" },
    { network: [{ kind: "throttle", bytesPerSecond: 1_000_000, broker: 1, path: "all", direction: "in" }] },
  ],
  [
    faults.lose(1, 5),
    { kind: "lose", target: 1, percent: 5 },
    { network: [{ kind: "lose", percent: 5, broker: 1, path: "all", direction: "out" }] },
  ],
  [faults.fillDisk(1), { kind: "fill-disk", target: 1 }, { disk: { effect: "full" } }],
  [
    faults.failDisk("leader", { logDir: 2 }),
    { kind: "fail-disk", target: "leader", logDir: 2 },
    { disk: { effect: "failed", logDir: 2 } },
  ],
  [faults.hangDisk(1), { kind: "hang-disk", target: 1 }, { disk: { effect: "hung" } }],
  [faults.forgetDisk(1), { kind: "forget-disk", target: 1 }, { disk: { effect: "forgetful" } }],
  [
    faults.slowDisk(1, "2s", { lasts: "1m" }),
    { kind: "slow-disk", target: 1, delay: "2s", lasts: "1m" },
    { disk: { effect: "slow", addsMs: 2_000 }, lastsMs: 60_000 },
  ],
];
for (const [made, spec, effect] of SPECS) {
  test(`faults.${spec.kind}() is plain data, and has its effect on the brokers that are named`, () => {
    assert.equal({ ...made }, spec);
    assert.ok(Object.isFrozen(made));
    assert.equal(JSON.parse(JSON.stringify(made)), spec);
    assert.equal(resolveFault(made, [1]), { kind: spec.kind, targets: [1], ...effect });
  });
}

const one = { group: "billing", member: 1 } as const;
const members = [{ group: "billing", member: "billing.1" }];
const ON_MEMBERS: readonly [FaultSpec, FaultSpec, Omit<ResolvedFault, "kind" | "targets">][] = [
  [faults.kill(one), { kind: "kill", target: one }, { process: "death" }],
  [
    faults.stop(one, { timeout: "1s" }),
    { kind: "stop", target: one, timeout: "1s" },
    { process: "shutdown" },
  ],
  [faults.pause([one]), { kind: "pause", target: [one] }, { process: "freeze" }],
  [
    faults.slow({ group: "billing", member: "leader" }, { process: "2s", lasts: "1m" }),
    { kind: "slow", target: { group: "billing", member: "leader" }, process: "2s", lasts: "1m" },
    { processing: { processMs: 2_000 }, lastsMs: 60_000 },
  ],
  [
    faults.slow(one, { factor: 10 }),
    { kind: "slow", target: one, factor: 10 },
    { processing: { factor: 10 } },
  ],
  [faults.roll({ group: "billing" }), { kind: "roll", target: { group: "billing" } }, {}],
];
for (const [made, spec, effect] of ON_MEMBERS)
  test(`faults.${spec.kind}() takes members of a group, too: ${JSON.stringify(spec.target)}`, () => {
    assert.equal({ ...made }, spec);
    const resolved = { kind: spec.kind, targets: [], members, ...effect };
    assert.equal(resolveFault(made, [], [], members), resolved);
  });
test("members for a fault of brokers, and brokers for one of members, are refused", () => {
  for (const act of [
    () => faults.delay(one as never, "1s"),
    () => faults.slow(1 as never, { process: "1s" }),
    () => faults.roll({ group: "billing", member: "first" } as never),
    () => faults.kill({ group: "billing", member: "first" } as never),
    () => faults.kill([1, one] as never),
  ])
    assert.is(thrown(act), "TypeError", String(act));
  for (const act of [
    () => resolve({ kind: "delay", target: one, delay: "1s" }, []),
    () => resolve({ kind: "slow", target: 1, process: "1s" }, [1]),
  ])
    assert.is(thrown(act), "LabError", String(act));
  for (const act of [
    () => faults.slow(one, { factor: 1 }),
    () => faults.slow(one, { process: 0 }),
    () => faults.kill({ group: "billing", member: 0 }),
    () => faults.kill([one, one]),
  ])
    assert.is(thrown(act), "RangeError", String(act));
  const neither = faults.slow(one, {});
  assert.is(
    thrown(() => resolveFault(neither, [])),
    "TypeError",
  );
});

test("a split cuts each group off from all others; brokers in no group form one more", () => {
  const { network = [] } = resolveFault(faults.split([[1], [2]]), [1, 2, 3, 4]);
  assert.equal(
    network.map(({ broker, between }) => [broker, between]),
    [
      [1, [2, 3, 4]],
      [2, [1, 3, 4]],
      [3, [1, 2]],
      [4, [1, 2]],
    ],
  );
  assert.is(
    thrown(() => resolveFault(faults.split([[1, 2]]), [1, 2])),
    "RangeError",
  );
});
test("a value that cannot be is refused where the fault is made, and where it is resolved", () => {
  for (const act of [
    () => faults.delay(1, "0s" as never) && resolveFault(faults.delay(1, "0s"), [1]),
    () => resolveFault(faults.delay(1, "1s", { jitter: "2s" }), [1]),
    () => faults.lose(1, 0),
    () => faults.slowDisk(1, "0s"),
    () => faults.fillDisk(1, { logDir: 0 }),
    () => faults.throttle(1, "1 parsec/s" as never),
  ])
    assert.is(thrown(act), "RangeError");
  for (const act of [
    () => faults.isolate(1, { path: "everywhere" as never }),
    () => faults.stop("first" as never),
    () => resolveFault({ kind: "nonesuch" }, [1]),
  ])
    assert.is(thrown(act), "TypeError");
});
test("every kind says what each of its options is for, and has a default for what the command line may leave out", () => {
  for (const { kind, about, noun, options, isPredictable, resources } of faultKinds()) {
    assert.ok(about !== "" && noun !== "", kind);
    for (const [name, { about, isRequired, default: usual }] of Object.entries(options)) {
      assert.ok(about !== "", `${kind}.${name}`);
      if (isPredictable && isRequired && resources === undefined)
        assert.is.not(usual, undefined, `${kind}.${name}`);
    }
  }
});
test("defineFault() adds a kind that is checked, resolved and named like the lab's own", () => {
  const parts = { apply: () => "done", undo: () => "undone" };
  const slow = defineFault<{ load?: number }>({
    ...parts,
    kind: "cpu-load",
    noun: "CPU load",
    options: { load: { type: "percent", about: "of one core", default: 100 } },
    process: "freeze",
    lasts: () => "2s",
  });
  const spec = slow("leader", { load: 50 });
  assert.equal({ ...spec }, { kind: "cpu-load", target: "leader", load: 50 });
  const resolved = { kind: "cpu-load", targets: [2], process: "freeze", lastsMs: 2_000 };
  assert.equal(resolveFault(spec, [2]), resolved);
  assert.is(resolveFault({ ...spec, lasts: "5s" }, [2]).lastsMs, 5_000);
  assert.is(
    thrown(() => resolveFault({ ...spec, load: 101 }, [2])),
    "RangeError",
  );
  assert.equal([processOf({ kind: "cpu-load" }), nounOf("cpu-load")], ["freeze", "CPU load"]);
  assert.is(
    thrown(() => defineFault({ ...parts, kind: "kill" })),
    "RangeError",
  );
  assert.is(
    thrown(() => defineFault({ ...parts, kind: "CPU load" })),
    "TypeError",
  );
});
test("of a kind that this program does not know, the history's own words and effect count", () => {
  assert.is(nounOf("quake", "earthquake"), "earthquake");
  assert.is(nounOf("quake"), "quake");
  assert.equal(
    [endsProcess({ fault: "quake", process: "death" }), endsProcess({ fault: "quake" })],
    [true, false],
  );
  assert.equal([endsProcess({ fault: "stop" }), endsProcess({ fault: "pause" })], [true, false]);
  assert.is(endsProcess({ fault: "kill", targets: [], members }), false);
});
test("lab.predict() with kind, target and options apart asks the same as with a value, also of older recordings", () => {
  const apart = asValue(["delay", 1, { delay: "1s", client: "warm", lasts: "2s" }]);
  assert.equal(apart, [
    { kind: "delay", target: 1, delay: "1s" },
    { client: "warm", lasts: "2s" },
  ]);
  const call = { n: 1, path: "lab.predict", endMs: 1, events: 0, value: 7 };
  const tape = makeTape([{ ...call, args: ["kill", "leader", { client: "load" }] }]);
  const taken = tape.take("lab.predict", [{ kind: "kill", target: "leader" }, { client: "load" }]);
  assert.is(taken?.value, 7);
});
test.run();
