#!/usr/bin/env -S npx tsx
// Runs a consumer group of two members, kills a member and then the coordinator, and writes the pictures of
// docs/pictures.md: `npx tsx scripts/group-picture.ts`. With --again it draws the run that is committed.
//
//   run ─▶ docs/pictures/group.jsonl.gz ─▶ timeline ─▶ group-light.svg, group-dark.svg

import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { gunzipSync, gzipSync } from "node:zlib";
import { type History, type HistoryEvent, startLab, timelineOf } from "@kafka-failure-lab/sdk";
import { darkVariant, lightVariant } from "./readme/picture.ts";

const pictures = new URL("../docs/pictures/", import.meta.url);
const recorded = new URL("group.jsonl.gz", pictures);

if (!process.argv.includes("--again")) {
  const lines = (await run()).filter(isDrawn).map((event) => `${JSON.stringify(event)}\n`);
  writeFileSync(recorded, gzipSync(lines.join("")));
}
const history = gunzipSync(readFileSync(recorded))
  .toString()
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line) as unknown) as History;
const { svg = "" } = await timelineOf(history, { title: "A member is killed, then the coordinator" });
writeFileSync(new URL("group-light.svg", pictures), lightVariant(svg));
writeFileSync(new URL("group-dark.svg", pictures), darkVariant(svg));

/** Logs and measurements of the machine are long, and not drawn; the lab's notes name folders. */
function isDrawn({ kind }: HistoryEvent): boolean {
  const left = ["arrivals", "broker log", "client", "clock", "log", "machine", "note", "read", "readback"];
  return ![...left, "stall"].includes(kind);
}

/** The run: about 40 s. */
async function run(): Promise<History> {
  await using lab = await startLab({
    engine: "local",
    timers: "fast",
    topic: { name: "orders", partitions: 4 },
    properties: { "group.min.session.timeout.ms": "1000", "group.initial.rebalance.delay.ms": "0" },
    scenario: "group",
  });
  const settings = { sessionTimeout: "4s", heartbeatInterval: "500ms" } as const;
  const group = await lab.group("billing", { members: 2, commit: "after", settings });
  await group.settled();
  lab.step("both read");
  const load = lab.probe.start({ perSecond: 50 });
  await group.processed(200);
  lab.step("member 1 is killed");
  const killed = await group.member(1).kill();
  await group.settled();
  await group.processed(100);
  lab.step("it is back");
  await killed.heal();
  await group.settled();
  await group.processed(150);
  lab.step("the coordinator is killed");
  const fault = await lab.cluster.kill({ coordinatorOf: "billing" });
  await group.processed(200);
  await fault.heal();
  lab.step("all brokers run");
  await group.settled();
  await group.processed(150);
  await load.stop();
  await group.lag({ atMost: 0 });
  await lab.conclude({ exitCode: false });
  return lab.run.history;
}
