// A new cluster whose metadata log has lost its beginning (KAFKA-20839). That is a race inside Kafka which
// nobody can call up, so a relay in front of a real broker tells of it: all else that these labs see and do
// is real.

import type { Buffer } from "node:buffer";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import net, { type AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Lab, startLab } from "@kafka-failure-lab/sdk";
import { type Opened, openEngine, openLab, openWire } from "@kafka-failure-lab/sdk/testing";
import { type BrokerProcess, brokerProcesses, leftovers } from "./outside.ts";

const test = suite("beginning");
const runs = mkdtempSync(path.join(os.tmpdir(), "lab-beginning-"));
test.after(() => rmSync(runs, { recursive: true, force: true }));
const options = {
  scenario: "test-beginning",
  runs,
  compose: ["one-broker"],
  timers: "fast",
  onProgress: false,
} as const;

const NAME = "metadata.version";

/** Passes everything on, and has a broker's last word on metadata.version say 1. */
async function relay(address: string): Promise<{ address: string; close(): void }> {
  const at = address.lastIndexOf(":");
  const sockets = new Set<net.Socket>();
  const server = net
    .createServer((near) => {
      const far = net.connect(Number(address.slice(at + 1)), address.slice(0, at));
      for (const one of [near, far])
        sockets.add(one.on("error", () => {}).on("close", () => (near.destroy(), far.destroy())));
      near.pipe(far);
      far.on("data", (chunk: Buffer) => {
        const level = chunk.lastIndexOf(NAME); // the finalized level comes after the supported ones
        if (level !== -1) chunk.set([0, 1, 0, 1], level + NAME.length);
        near.write(chunk);
      });
    })
    .listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.close();
      for (const one of sockets) one.destroy();
    },
  };
}

/** A lab whose first `lies` clusters are told to have lost it. */
async function lied(
  lies: number,
  change: Partial<Opened> = {},
): Promise<{ lab: Lab; begun: BrokerProcess[] }> {
  const begun: BrokerProcess[] = [];
  const relays: { close(): void }[] = [];
  try {
    const lab = await openLab(options, async (common) => {
      const opened = await openEngine({ ...options, ...common, keep: false });
      begun.push(...brokerProcesses(process.pid));
      if (begun.length > lies) return { ...opened, ...change };
      const nodes = await Promise.all(
        opened.engine.nodes.map(async (node) => {
          const front = await relay(node.observed!);
          relays.push(front);
          return { ...node, observed: front.address };
        }),
      );
      return { ...opened, engine: { ...opened.engine, nodes }, ...change };
    });
    return { lab, begun };
  } finally {
    for (const one of relays) one.close();
  }
}

const notes = ({ run }: Lab): string[] =>
  run.history.flatMap((event) => (event.kind === "note" ? [event.text] : []));

test("a broker tells which metadata.version it serves at", async () => {
  await using lab = await startLab(options);
  const wire = openWire(lab.engine.nodes[0]!.observed!);
  const { supported, finalized } = await wire.features(5_000);
  wire.close();
  const { min, max } = supported.get(NAME)!;
  assert.ok(min >= 1 && max > min, `${min} to ${max}`);
  assert.is(finalized.get(NAME), max); // StorageTool's default is the newest
  assert.not(notes(lab).some((text) => text.includes("KAFKA-20839")));
});

test("such a cluster is ended and another one started, in the same run, and its log is kept", async () => {
  const { lab, begun } = await lied(1);
  try {
    assert.is(begun.length, 2);
    const lives = brokerProcesses(process.pid);
    assert.equal(
      lives.map(({ pid }) => pid),
      [begun[1]!.pid],
    );
    assert.is.not(begun[0]!.lab, begun[1]!.lab);
    assert.is(
      notes(lab).filter((text) =>
        /KAFKA-20839.*discarding these brokers and starting a new cluster$/.test(text),
      ).length,
      1,
    );
    assert.is(lab.run.history.filter(({ kind }) => kind === "run").length, 1);
    assert.is(lab.run.history[0]!.kind, "run");
    assert.not(
      lab.differs.some((text) => text.includes("KAFKA-20839")),
      lab.differs.join("\n"),
    );
    const { service } = lab.engine.nodes[0]!;
    assert.ok(
      readdirSync(lab.run.dir).includes(`${service}.discarded-1.log`),
      readdirSync(lab.run.dir).join(", "),
    );
    assert.is((await lab.probe.send()).outcome, "ok");
  } finally {
    await lab.close();
  }
  assert.equal(leftovers(process.pid), []);
});

for (const [what, lies, isNew] of [
  ["was there before", 1, false],
  ["lacks it for the third time", 3, true],
] as const)
  test(`a cluster that ${what} is left as it is, and the lab says what it lacks`, async () => {
    const { lab, begun } = await lied(lies, { isNew });
    try {
      assert.is(begun.length, lies);
      assert.is(
        lab.differs.filter((text) => /KAFKA-20839.*up to 500 ms late$/.test(text)).length,
        1,
        lab.differs.join("\n"),
      );
      assert.is((await lab.probe.send()).outcome, "ok");
    } finally {
      await lab.close();
    }
  });
test.run();
