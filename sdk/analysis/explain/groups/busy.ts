// What an owner did instead of reading on: it processed records, or waited for the answer to a commit.

import type { PartitionLog } from "../../check/mod.ts";
import type { Claim } from "./claims.ts";
import { coordinatorChange } from "./coordinator.ts";
import { committed, processing } from "./group-evidence.ts";
import type { GroupScene } from "./group-scene.ts";
import type { Reading } from "./stretch.ts";

/** The times that an owner was busy, each ending a piece; none that are short. */
export function busyPieces(scene: GroupScene, reading: Reading, givenMs: number | undefined): Claim[] {
  const commits = commitsOf(reading);
  const first = commits[0];
  // a commit waits for the coordinator
  const change = first === undefined ? undefined : coordinatorChange(scene, reading);
  return [
    ...workOf(reading, givenMs),
    ...(change?.pieces.map((piece): Claim => ({ ...piece, notBeforeMs: first!.fromMs })) ?? []),
    ...commits.map(commitPiece),
  ];
}

/** Records that it processed: its own, up to the outage's end, and before that those of other partitions. */
function workOf({ all, log, member, fromMs, toMs }: Reading, givenMs: number = Infinity): Claim[] {
  return all.flatMap((one) =>
    one.runs.flatMap((run): Claim[] => {
      const endMs = one === log ? Math.min(run.toMs, toMs) : run.toMs;
      if (run.member !== member || run.fromMs >= toMs || endMs <= fromMs || endMs > toMs) return [];
      // what it did after it was given this partition's records is no reason to wait for them
      const isLate = endMs - Math.max(run.fromMs, fromMs) < LEAST_MS || run.fromMs >= givenMs;
      return one !== log && isLate ? [] : [workPiece(one, run, endMs)];
    }),
  );
}

function workPiece(log: PartitionLog, run: PartitionLog["runs"][number], toMs: number): Claim {
  const count = run.lives.length + Number(run.failed !== null);
  const took = { atMs: run.fromMs, tookMs: run.toMs - run.fromMs, of: log.name, count };
  return {
    kind: "processing",
    toMs,
    what: `until ${run.member} had processed ${log.name}`,
    evidence: [processing(run.member, took)],
    notBeforeMs: run.fromMs,
  };
}

type Commit = PartitionLog["commits"][number];

/** The commits that its member waited for, of any partition, each once. */
function commitsOf({ all, member, fromMs, toMs }: Reading): Commit[] {
  const known = new Set<number>();
  return all
    .flatMap(({ commits }) => commits)
    .filter((one) => {
      const isIn = one.member === member && one.toMs > fromMs && one.toMs <= toMs;
      if (!isIn || one.toMs - one.fromMs < LEAST_MS || known.has(one.line)) return false;
      return known.add(one.line);
    })
    .sort((a, b) => a.toMs - b.toMs);
}

function commitPiece(commit: Commit): Claim {
  const { member, fromMs, toMs, error } = commit;
  const how = error === null ? "was answered" : `failed (${error})`;
  return {
    kind: "commit",
    toMs,
    what: `until a commit of ${member} ${how}`,
    evidence: [committed(commit)],
    notBeforeMs: fromMs,
  };
}

/** Less is no reason. */
const LEAST_MS = 50;
