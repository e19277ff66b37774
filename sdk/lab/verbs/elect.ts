// Elects leaders because somebody asks for it.
//
//   target ──▶ partitions, who leads each ──▶ ElectLeaders ──▶ wait until the elected lead ──▶ ElectionEvent
//                                              └─ refused ─────────────────────────────────────▶ LabError

import { electLeaders } from "../../client/elect.ts";
import type { Engine } from "../../engine/engine.ts";
import { errorName } from "../../kafka/error-codes.ts";
import { toMs } from "../../model/duration.ts";
import type { ElectedPartition, ElectionEvent, ElectionKind, ElectionTarget } from "../../model/election.ts";
import { describeElection, electionScope } from "../../model/election-text.ts";
import { type ErrorCode, LabError } from "../../model/errors.ts";
import type { HistoryEvent, PartitionState } from "../../model/history.ts";
import { findPartition, partitionName, partitionsOfTopic } from "../../model/partition.ts";
import type { Security } from "../../model/security.ts";
import type { Observer, View } from "../observe/observe.ts";
import type { Waiter, WaitOptions } from "./waiting.ts";

/** What an election changed. */
export type Election = Omit<ElectionEvent, "kind">;

export interface ElectParts {
  engine: Engine;
  observer: Observer;
  security?: Security | undefined;
  /** The run's clock and history. */
  run: { now(): number; record(event: HistoryEvent): void };
  /** Throws once the lab is closed. */
  assertOpen(): void;
  /** What ends every wait, where there is one. */
  signal(): AbortSignal | undefined;
}

const DEFAULT_MS = 60_000;
const NOT_NEEDED = "ELECTION_NOT_NEEDED";

/** @throws LabError as `Cluster.elect` */
export async function elect(
  { engine, observer, run, security, ...parts }: ElectParts,
  waiter: Waiter,
  kind: ElectionKind,
  target: ElectionTarget,
  { timeout = DEFAULT_MS, signal = parts.signal() }: WaitOptions,
): Promise<Election> {
  parts.assertOpen();
  const before = wanted(await observer.look(), target);
  const addresses = engine.nodes.flatMap(({ service, observed }) =>
    observed !== null && engine.status(service).state === "running" ? [observed] : [],
  );
  const atMs = run.now();
  const order = { kind, partitions: before, timeoutMs: toMs(timeout), signal };
  const answer = await electLeaders(addresses, order, security);
  if (answer.errorCode !== 0) throw refusal(kind, describeElection(target), errorName(answer.errorCode));
  const codes = new Map(answer.partitions.map((one) => [partitionName(one), errorName(one.errorCode)]));
  const codeOf = (one: PartitionState): string => codes.get(partitionName(one)) ?? NOT_NEEDED;
  const elected = before.filter(
    (one) => codeOf(one) === "NONE" || (codeOf(one) === NOT_NEEDED && isNeeded(kind, one)),
  );
  let after: readonly PartitionState[] = before;
  if (elected.length > 0)
    await waiter.until(
      `the elected leaders of ${elected.slice(0, 3).map(partitionName).join(", ")} to lead`,
      ({ partitions }) => {
        after = partitions;
        return elected.every((one) => isElected(kind, one, find(partitions, one)));
      },
      { timeout, ...(signal && { signal }) },
    );
  const partitions = before.map((one) =>
    outcome(one, find(after, one), elected.includes(one) ? "NONE" : codeOf(one)),
  );
  const election: Election = {
    atMs,
    tookMs: run.now() - atMs,
    election: kind,
    asked: describeElection(target),
    partitions,
  };
  run.record({ kind: "election", ...election });
  assertAccepted(kind, before, partitions);
  return Object.freeze(election);
}

/** The partitions that a target means. @throws LabError NO_SUCH_PARTITION */
function wanted({ partitions, answered }: View, target: ElectionTarget): readonly PartitionState[] {
  const known = answered > 0 ? partitions : undefined;
  const scope = electionScope(target);
  if (scope === undefined) return partitions;
  const { topic, partition } = scope;
  return partition === undefined
    ? partitionsOfTopic(known, topic)
    : [findPartition(known, { topic, partition })];
}

function find(all: readonly PartitionState[], one: PartitionState): PartitionState | undefined {
  return all.find(({ topic, partition }) => topic === one.topic && partition === one.partition);
}

/**
 * Whether an election would change something. Where it is not needed any more, a request before this one was
 * carried out and its answer came too late (`electLeaders` asks again), or the controller elected by itself.
 */
function isNeeded(kind: ElectionKind, { leader, preferred }: PartitionState): boolean {
  return kind === "unclean" ? leader === null : preferred !== undefined && leader !== preferred;
}

/** The controller has decided; that is seen when it leads in a newer epoch. */
function isElected(kind: ElectionKind, before: PartitionState, after: PartitionState | undefined): boolean {
  if (after === undefined || after.leader === null || after.leaderEpoch <= before.leaderEpoch) return false;
  return kind === "unclean" || after.preferred === undefined || after.leader === after.preferred;
}

function outcome(before: PartitionState, after: PartitionState | undefined, code: string): ElectedPartition {
  const { topic, partition, leader } = before;
  const base = { topic, partition, before: leader };
  if (code === "NONE") return { ...base, after: after?.leader ?? null, result: "elected" };
  const same = { ...base, after: leader };
  return code === NOT_NEEDED
    ? { ...same, result: "not needed" }
    : { ...same, result: "refused", error: code };
}

/** @throws LabError with what the first refusal is, naming all that were refused */
function assertAccepted(
  kind: ElectionKind,
  before: readonly PartitionState[],
  partitions: readonly ElectedPartition[],
): void {
  const refused = partitions.filter(({ result }) => result === "refused");
  const first = refused[0];
  if (first === undefined) return;
  const names = refused.filter(({ error }) => error === first.error).map(partitionName);
  const state = before.find((one) => partitionName(one) === names[0]);
  throw refusal(kind, names.join(", "), first.error!, state);
}

function refusal(kind: ElectionKind, of: string, error: string, state?: PartitionState): LabError {
  const preferred = state?.preferred;
  const [code, hint] = reason(error, preferred);
  return new LabError(code, `Cannot elect the ${kind} leader of ${of}: Kafka answers ${error}`, {
    ...(preferred !== undefined && kind === "preferred" && { broker: preferred }),
    hint,
  });
}

function reason(error: string, preferred: number | undefined): [ErrorCode, string] {
  const broker = preferred === undefined ? "the first of its replicas" : `broker ${preferred}`;
  switch (error) {
    case "PREFERRED_LEADER_NOT_AVAILABLE":
      return [
        error,
        `Is ${broker}, its preferred leader, running and in the ISR? ` +
          '`cluster.waitFor("full isr")` waits for that.',
      ];
    case "ELIGIBLE_LEADERS_NOT_AVAILABLE":
      return [error, "None of its replicas is alive: start one of them first (`cluster.start`)."];
    case "UNKNOWN_TOPIC_OR_PARTITION":
      return ["NO_SUCH_PARTITION", "Was the topic deleted a moment ago?"];
    default:
      return ["COMMAND_FAILED", "May the lab's user alter the cluster (ACL ALTER on the cluster)?"];
  }
}
