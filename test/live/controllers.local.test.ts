// Faults on nodes that are only controllers: the active one, a follower, and a majority of the quorum, each
// predicted, injected and compared.

import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  type ClientPrediction,
  type Conclusion,
  type Fault,
  type Lab,
  type LabError,
  type Load,
  predictionChecks,
  startLab,
  type Target,
} from "@kafka-failure-lab/sdk";
import { refusalOf, reportingFailure, until } from "./outside.ts";

const FILE = fileURLToPath(new URL("../compose/dedicated-controllers.yml", import.meta.url));
const VOTERS = [3001, 3002, 3003];
interface Step {
  predicted: ClientPrediction;
  fault: Fault;
  /** The active controller before the fault, and while it lasted. */
  before: number | undefined;
  during: number | undefined;
}
let lab: Lab;
let load: Load;
let refused: LabError;
const steps: Record<string, Step> = {};
/** A leader that is killed while there is no controller. */
let leader: { predicted: ClientPrediction; killed: number; afterwards: number | null | undefined };
let ended: Conclusion;

const quorum = async (): Promise<number | undefined> => (await lab.cluster.describe()).quorum?.nodeId;

test.before(
  reportingFailure(async () => {
    lab = await startLab({
      scenario: "test-controllers",
      compose: [FILE],
      timers: "fast",
      onProgress: false,
    });
    load = lab.probe.start({ perSecond: 50 });
    await load.acknowledged(50);
    refused = await refusalOf(lab.net.delay("controller", "1s"));
    const first = (await quorum())!;
    await step("active", "controller", (now) => now !== undefined && now !== first);
    const active = (await quorum())!;
    const [follower, other] = VOTERS.filter((node) => node !== active) as [number, number];
    await step("follower", { service: `control-${follower - 3000}` }, (now) => now === active);
    const both = [{ node: follower }, { node: other }];
    await step("majority", both, (now) => now === undefined, killLeader);
    await load.stop();
    ended = await lab.conclude({ print: false, exitCode: false, checks: ["noLostWrites"] });
  }),
);
test.after(async () => await lab?.close());

/** Predicts a kill, injects it, waits for its effect on the quorum and for acknowledgements, and heals it. */
async function step(
  name: string,
  target: Target,
  isDone: (now: number | undefined) => boolean,
  meanwhile: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const before = await quorum();
  const predicted = await lab.predict("kill", target);
  const fault = await lab.cluster.kill(target);
  const now = await lab.cluster.waitFor((seen) => isDone(seen.quorum?.nodeId), { timeout: "30s" });
  await load.acknowledged(50);
  await meanwhile();
  steps[name] = { predicted, fault, before, during: now.quorum?.nodeId };
  const began = lab.run.now();
  await lab.cluster.start(nodesOf(fault));
  await until("the controllers follow again", () =>
    (fault.controllers ?? []).every((node) => knowsLeader(node, began)),
  );
}

/** Whether a node's own log has said since then who leads the quorum: until then it makes no majority. */
function knowsLeader(node: number, sinceMs: number): boolean {
  return lab.run.history.some(
    (event) =>
      event.kind === "broker log" &&
      event.nodeId === node &&
      event.atMs >= sinceMs &&
      event.fact?.what === "quorumLeader" &&
      event.fact.nodeId !== null,
  );
}

/** Long enough for the session, whose end nobody notices. */
async function killLeader(): Promise<void> {
  const predicted = await lab.predict("kill", "leader");
  const killed = await lab.cluster.kill("leader");
  await new Promise((resolve) => setTimeout(resolve, 4_000));
  const { partitions } = await lab.cluster.describe();
  leader = {
    predicted,
    killed: killed.targets[0]!,
    afterwards: partitions.find(({ topic }) => topic === lab.topic)?.leader,
  };
  await killed.heal();
}

function nodesOf({ controllers = [] }: Fault): Target {
  return controllers.map((node) => ({ node }));
}

const codes = ({ claims = [] }: ClientPrediction): unknown[] => claims.slice(0, 3).map(({ code }) => code);

test("a fault of the network on a node that is only a controller is refused", () => {
  assert.is(refused.code, "UNSUPPORTED");
});
test("the active controller goes: another node becomes it, and the client is served throughout", () => {
  const { predicted, fault, before, during } = steps["active"]!;
  assert.equal([fault.targets, fault.controllers], [[], [before]]);
  assert.is(fault.exits[`node ${before!}`]?.code, 137);
  assert.equal(codes(predicted), ["controllerMoves", "leaderStays", "served"]);
  assert.ok(during !== undefined && during !== before);
  assert.not.ok(fault.isOpen);
});
test("a follower goes: the active controller stays", () => {
  const { predicted, fault, before, during } = steps["follower"]!;
  assert.equal(codes(predicted), ["controllerStays", "leaderStays", "served"]);
  assert.is(during, before);
  assert.is(fault.controllers?.length, 1);
});
test("a majority goes: there is no controller, and the client is served all the same", () => {
  const { predicted, fault, during } = steps["majority"]!;
  assert.equal(codes(predicted), ["controllerLost", "leaderStays", "served"]);
  assert.is(during, undefined);
  assert.is(fault.controllers?.length, 2);
});
test("without a controller a leader that goes stays the leader, and nobody is served", () => {
  const { failsOver, served, reasons } = leader.predicted;
  assert.equal([failsOver, served, reasons], [0, 0, ["no quorum"]]);
  assert.is(leader.afterwards, leader.killed);
});
test("conclude() compares what was predicted of the controller and of the client with what came", () => {
  const checks = predictionChecks(lab.run.history);
  // a busy machine makes a verdict unknown, not a disagreement
  assert.equal(
    checks
      .filter(({ verdict }) => verdict === false)
      .map(({ prediction, disagreements }) => [prediction.sentence, disagreements]),
    [],
  );
  const expected = ["another", "same", "lost", null];
  assert.is(checks.length, expected.length);
  for (const [at, { verdict, measured }] of checks.entries())
    if (verdict === true) assert.is(measured?.controller, expected[at], `check ${at}`);
  assert.is.not(ended.exitCode, 2);
});
test.run();
