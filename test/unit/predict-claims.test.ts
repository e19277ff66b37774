// What a prediction's sentence claims, what its fields say and why are one outcome: over the product of
// faults, times, clients and clusters.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { fileURLToPath } from "node:url";
import {
  clientPrediction,
  type ComposeCircumstances,
  fromCompose,
  predict,
} from "../../sdk/analysis/predict/mod.ts";
import { readCompose } from "../../sdk/compose/read.ts";
import { resolveFault } from "../../sdk/faults/mod.ts";
import type { ResolvedFault } from "../../sdk/model/fault.ts";
import type { Claim, ClaimCode, Prediction, ReasonCode } from "../../sdk/model/prediction.ts";
import { predictionShape } from "../../sdk/model/prediction-schema.ts";
import { wrongIn } from "../../sdk/model/shape.ts";
import { CLIENTS, CLUSTERS, LASTS, product, SPECS } from "./predict-product.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
type Codes = readonly ClaimCode[];
const LEADER: Codes = ["leaderStays", "leaderMayMove", "leaderMoves"];
const SERVICE: Codes = ["notServed", "mayBeServed", "served"];
const SEND: Codes = ["sendFails", "sendMayFail", "sendAcknowledged"];
/** What makes another broker the leader. */
const MOVES: readonly ReasonCode[] = ["fenced", "unclean", "controlledShutdown"];
/** What leaves a client unserved with certainty, as long as the fault lasts. */
const NEVER: readonly ReasonCode[] = [
  "acks 0",
  "no bootstrap",
  "leader unreachable",
  "no replica",
  "no quorum",
  "no leader",
  "hung disk",
  "failed directory",
];
const CONTROLLER: Codes = [
  "controllerStays",
  "controllerMoves",
  "controllerMayMove",
  "controllerLost",
  "controllerMayBeLost",
];
/** What alone explains no client that is not served. */
const HARMLESS: readonly ReasonCode[] = ["another controller", "untouched", ...MOVES, "shrinks", "acks 1"];

/** The one claim of these codes. */
function claimOf({ claims = [] }: Prediction, codes: Codes): Claim | undefined {
  const found = claims.filter(({ code }) => codes.includes(code));
  assert.ok(found.length <= 1, found.map(({ code }) => code).join(", "));
  return found[0];
}
/** Which of three codes odds have: never, perhaps, certainly. */
function codeOf(codes: Codes, odds: number): ClaimCode {
  return codes[odds === 0 ? 0 : odds === 1 ? 2 : 1]!;
}

/** Each rule with the fields for which it holds; a text says what is wrong. */
const RULES: Readonly<Record<string, (one: Prediction) => boolean>> = {
  "the leader's claim has the odds of failsOver": (one) => {
    const claim = claimOf(one, LEADER);
    return (
      claim?.code === codeOf(LEADER, one.failsOver) &&
      (claim.odds ?? Math.round(one.failsOver)) === one.failsOver
    );
  },
  "the controller's claims are its fields', where nodes are hit that are only controllers": (one) => {
    const claims = (one.claims ?? []).filter(({ code }) => CONTROLLER.includes(code));
    if (one.controllers === undefined) return claims.length === 0;
    const { moves, lost, activeAt } = one.controller!;
    const wanted = [
      ...(lost === 0 ? [] : [lost === 1 ? "controllerLost" : "controllerMayBeLost"]),
      ...(moves === 0 ? [] : [moves === 1 ? "controllerMoves" : "controllerMayMove"]),
    ];
    return (
      String(claims.map(({ code }) => code)) === String(wanted.length === 0 ? ["controllerStays"] : wanted) &&
      claims.every(({ odds = 1, code }) => odds === (code.includes("Lost") ? lost : moves || 1)) &&
      JSON.stringify(claims.find(({ tookMs }) => tookMs)?.tookMs ?? null) === JSON.stringify(activeAt) &&
      (activeAt === null) === (moves === 0)
    );
  },
  "the controller moves or is lost where a reason says so": ({ controller, reasons = [] }) =>
    (!reasons.includes("another controller") || controller!.moves > 0) &&
    (!reasons.includes("no controller") || controller!.lost > 0),
  "the service's claim has the odds of served, the gap and the time": (one) => {
    const claim = claimOf(one, SERVICE);
    return (
      claim?.code === codeOf(SERVICE, one.served) &&
      (claim.odds ?? Math.round(one.served)) === one.served &&
      JSON.stringify(claim.tookMs ?? null) === JSON.stringify(one.gap) &&
      claim.lastsMs === one.lastsMs
    );
  },
  "the send's claim has its odds and its time; there is none where it goes as the service says": (one) => {
    const claim = claimOf(one, SEND);
    if (claim === undefined) return one.send.ok === one.served || one.send.endedBy === null;
    return (
      claim.code === codeOf(SEND, one.send.ok) &&
      (claim.odds ?? Math.round(one.send.ok)) === one.send.ok &&
      JSON.stringify(claim.tookMs ?? null) === JSON.stringify(one.send.tookMs)
    );
  },
  "the records' claims are what is possible": (one) => {
    const has = (code: ClaimCode): boolean => (one.claims ?? []).some((claim) => claim.code === code);
    return (
      has("lossPossible") === (one.lost === "possible") &&
      has("noneLost") === (one.lost === "no") &&
      has("duplicatesPossible") === (one.duplicates === "possible") &&
      has("noDuplicates") === (one.duplicates === "no") &&
      has("unknownPossible") === (one.unknown === "possible") &&
      has("notVisible") === (one.visible !== undefined)
    );
  },
  "consumers are said to see nothing new only where something may be appended": (one) =>
    one.visible === undefined ||
    (one.visible < 1 && (one.served > 0 || (one.reasons ?? []).includes("acks 0"))),
  "the sentence is the claims' words in their order, and nothing else": ({ sentence, claims = [] }) => {
    let rest = sentence;
    const between = claims.map(({ text }) => {
      const at = rest.indexOf(text);
      const before = rest.slice(0, at);
      rest = rest.slice(at + text.length);
      return at < 0 ? "missing" : before;
    });
    return rest === "" && between.every((words) => ["", ", ", "; ", ", but "].includes(words));
  },
  "a gap is where the client is served, and within the fault": ({ gap, served, lastsMs = Infinity, parts }) =>
    (gap === null) === (served === 0) &&
    (gap === null || (gap.fromMs <= gap.toMs && gap.toMs <= lastsMs)) &&
    (gap !== null || parts.length === 0),
  "the leader moves where a reason for it is given": ({ failsOver, reasons = [] }) =>
    failsOver > 0 === reasons.some((code) => MOVES.includes(code)),
  "nothing that forbids it is given for a client that is served": ({ served, reasons = [] }) =>
    served < 1 || !reasons.some((code) => NEVER.includes(code)),
  "a client that may not be served has a reason": ({ served, reasons = [] }) =>
    served === 1 || reasons.some((code) => !HARMLESS.includes(code)),
  "a send that may fail names what ends it, and none else does": ({ send, reasons = [] }) =>
    reasons.includes("acks 0") || send.ok < 1 === (send.endedBy !== null),
  "a send has no better odds than the client where nothing heals": ({ send, served, lastsMs }) =>
    lastsMs !== undefined || send.ok <= served + 0.001,
  "it is what a history may hold": (one) => wrongIn(predictionShape, one) === undefined,
};

test("predict(): sentence, fields and reasons agree for every fault, time, client and cluster", () => {
  const broken = new Map<string, string[]>();
  const note = (rule: string, name: string): void => {
    broken.set(rule, [...(broken.get(rule) ?? []), name]);
  };
  let count = 0;
  for (const { name, on, lasting } of product()) {
    const always = predict(on);
    const series = lasting.map(predict);
    for (const one of [always, ...series]) {
      count++;
      for (const [rule, holds] of Object.entries(RULES))
        if (!holds(one)) note(rule, `${name}, lasts ${one.lastsMs ?? "on"}: ${one.sentence} ${one.why}`);
    }
    // what comes while a fault lasts comes also while it lasts longer; what is healed sooner fails less often
    for (const [at, one] of series.entries()) {
      const longer = series[at + 1] ?? always;
      if (one.served > longer.served + 1e-6) note("served falls with the time", name);
      if (one.failsOver > longer.failsOver + 1e-6) note("failsOver falls with the time", name);
      if (one.send.ok < longer.send.ok - 0.002) note("a send that is healed sooner fares worse", name);
    }
  }
  assert.equal(
    [...broken].map(([rule, names]) => [rule, names.length, names.slice(0, 3)]),
    [],
  );
  const targets = Object.values(CLUSTERS).reduce((sum, one) => sum + one.targets.length, 0);
  assert.ok(count > (SPECS.length * LASTS.length * Object.keys(CLIENTS).length * targets) / 2, String(count));
});

test("a fault that is healed before the client is served, a send that outlasts it: two claims", () => {
  for (const { name, lasting } of product({ cluster: "three", client: "java" })) {
    if (name !== "three; java; pause of 1") continue;
    const one = predict(lasting.at(-1)!);
    assert.equal(
      [claimOf(one, LEADER)?.code, claimOf(one, SERVICE)?.code, claimOf(one, SEND)?.code],
      ["leaderMoves", "notServed", "sendAcknowledged"],
    );
    assert.equal([one.served, one.send.ok, one.reasons], [0, 1, ["fenced", "healed"]]);
    return;
  }
  assert.unreachable("the product has no such element");
});
test("the prediction for a client with several partitions is one outcome, too", () => {
  const inWords = "the sentence is the claims' words in their order, and nothing else";
  const names: string[] = [];
  for (const { name, on, lasting } of product({ cluster: "three", client: "kafkajs" })) {
    for (const circumstances of [on, ...lasting]) {
      const partitions = [1, 2, 3].map((leader, partition) => ({
        topic: "my_topic",
        partition,
        leader,
        prediction: predict({
          ...circumstances,
          topic: { ...circumstances.topic, state: { ...circumstances.topic.state, leader } },
        }),
      }));
      const whole = clientPrediction(partitions, false);
      const broken = Object.entries(RULES).filter(([rule, holds]) => rule !== inWords && !holds(whole));
      names.push(...broken.map(([rule]) => `${name}: ${rule}`));
      assert.ok(partitions.every(({ prediction }) => whole.sentence.includes(prediction.sentence)));
    }
  }
  assert.equal(names, []);
});

/** A fault where broker 1 leads. */
function outcome(
  fault: ResolvedFault,
  given: Omit<ComposeCircumstances, "fault"> = {},
  file = "three-brokers",
): Prediction {
  const project = readCompose([`${root}compose/${file}.yml`], { env: {}, cwd: root });
  return predict(fromCompose(project, { leader: 1, fault, ...given }));
}
test("predict() knows the effective min ISR: never above the replicas, but only since 3.7", () => {
  const served = (kafka: string): number =>
    outcome({ kind: "kill", targets: [3] }, { kafka, topic: { replicationFactor: 2, minIsr: 3 } }).served;
  assert.equal(["3.6.2", "3.7.0", "3.9.2", "4.0.0"].map(served), [0, 1, 1, 1]);
});
test("predict() says that consumers do not see what is acknowledged below min.insync.replicas", () => {
  const visible = (kafka: string, acks: 0 | 1 | "all", minIsr: number, kind: "stop" | "kill" = "stop") =>
    outcome({ kind, targets: [3] }, { kafka, controller: 2, client: { acks }, topic: { minIsr } }).visible;
  for (const kafka of ["3.7.0", "3.9.2", "4.0.0", "4.4.0"]) {
    assert.equal(
      [1, 2, 3].map((minIsr) => visible(kafka, 1, minIsr)),
      [undefined, undefined, 0],
      kafka,
    );
    assert.equal(
      [visible(kafka, 0, 3), visible(kafka, 1, 3, "kill"), visible(kafka, "all", 3)],
      [0, 0, undefined],
    );
  }
  assert.is(visible("3.6.2", 1, 3), undefined);
  // without a quorum the ISR keeps who is gone, whatever min.insync.replicas is
  const frozen = outcome({ kind: "kill", targets: [2, 3] }, { client: { acks: 1 }, topic: { minIsr: 1 } });
  assert.equal([frozen.served, frozen.visible, frozen.reasons], [1, 0, ["acks 1", "high watermark"]]);
});
test("predict() knows that a replica below min.insync.replicas stays eligible since 4.1, and what that loses", () => {
  const project = readCompose([`${root}compose/three-brokers.yml`], { env: {}, cwd: root });
  const alone = (kafka: string, acks: 1 | "all", minIsr: number): Prediction => {
    const fault = { kind: "kill", targets: [1] } as const;
    const known = fromCompose(project, {
      leader: 1,
      controller: 2,
      fault,
      kafka,
      client: { acks },
      topic: { minIsr },
    });
    const state = { ...known.topic.state, isr: [1] };
    return predict({ ...known, topic: { ...known.topic, state } });
  };
  const said = ({ lost, reasons = [] }: Prediction) => [lost, reasons.includes("eligible replica")];
  assert.equal(said(alone("3.9.2", 1, 2)), ["no", false]);
  assert.equal(said(alone("4.0.0", 1, 3)), ["no", false]);
  assert.equal(said(alone("4.1.0", 1, 2)), ["possible", true]);
  assert.equal(said(alone("4.4.0", 1, 1)), ["no", false]);
  assert.equal(said(alone("4.4.0", "all", 2)), ["no", true]);
});
test("predict() says that a power cut of every replica in sync loses what was not forced", () => {
  const project = readCompose([`${root}compose/three-brokers.yml`], { env: {}, cwd: root });
  const cut = (targets: readonly number[], isForced: boolean, isCut = true): Prediction => {
    const fault: ResolvedFault = {
      ...{ kind: "kill", targets, process: "death" },
      ...(isCut && { disk: { effect: "forgetful" } }),
    };
    const known = fromCompose(project, { leader: 1, controller: 2, fault });
    return predict({ ...known, topic: { ...known.topic, isForced } });
  };
  const said = ({ lost, reasons = [] }: Prediction) => [lost, reasons.includes("not forced")];
  assert.equal(said(cut([1, 2, 3], false)), ["possible", true]);
  assert.equal(said(cut([1, 2, 3], true)), ["no", false]);
  assert.equal(said(cut([1, 2], false)), ["no", false]);
  assert.equal(said(cut([1, 2, 3], false, false)), ["no", false]);
});
test("predict() delays no heartbeat of a node to its own controller", () => {
  const fault = resolveFault({ kind: "delay", delay: "40s" }, [1]);
  const one = outcome(fault, {}, "one-broker");
  assert.equal([one.failsOver, one.served, one.reasons], [0, 0, ["untouched", "too late"]]);
});
test("predict() spends a Java client's retries on requests that time out, not on a wait for a leader", () => {
  const ok = (kind: "kill" | "pause", retries: number): Prediction["send"] =>
    outcome({ kind, targets: [1] }, { client: { client: "java", retries } }).send;
  assert.equal([ok("pause", 0).ok, ok("pause", 0).endedBy?.name], [0, "retries"]);
  assert.equal([ok("pause", 3).ok, ok("kill", 0).ok], [1, 1]);
});
test("predict() says of a quorum without a majority that nothing is elected, though brokers serve", () => {
  const fault = resolveFault({ kind: "isolate", path: "controllers" }, [1, 2, 3]);
  const { served, controller, reasons } = outcome(fault);
  assert.equal([served, controller?.lost, reasons], [1, 1, ["untouched", "no controller"]]);
});
test.run();
