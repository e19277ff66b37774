// Asks the cluster to elect leaders, until the controller answers.

import { performance } from "node:perf_hooks";
import { openWires } from "../kafka/connection.ts";
import { errorCode } from "../kafka/error-codes.ts";
import { decodeElection, type ElectionAnswer, electLeadersRequest } from "../kafka/protocol/mod.ts";
import { readable } from "../model/duration.ts";
import type { ElectionKind } from "../model/election.ts";
import { LabError } from "../model/errors.ts";
import type { TopicPartition } from "../model/partition.ts";
import type { Security } from "../model/security.ts";

export interface AskForLeaders {
  kind: ElectionKind;
  partitions: readonly TopicPartition[];
  timeoutMs: number;
  signal: AbortSignal | undefined;
}

/** For how long one broker is waited for: it forwards the request, and waits while there is no controller. */
const ONE_MS = 5_000;
const PAUSE_MS = 50;
/** The controller moved, or was not there; the next broker may know of another. */
const AGAIN: ReadonlySet<number | undefined> = new Set(
  ["NOT_CONTROLLER", "REQUEST_TIMED_OUT", "BROKER_NOT_AVAILABLE"].map(errorCode),
);

/**
 * Asks one broker after another.
 *
 * @throws LabError NO_CONTROLLER where none had an answer within `timeoutMs`; AUTHENTICATION, TLS_HANDSHAKE
 */
export async function electLeaders(
  addresses: readonly string[],
  { kind, partitions, timeoutMs, signal }: AskForLeaders,
  security?: Security,
): Promise<ElectionAnswer> {
  const wires = openWires(security);
  const began = performance.now();
  const leftMs = (): number => timeoutMs - (performance.now() - began);
  let last: Error | undefined;
  try {
    for (let turn = 0; ; turn++) {
      signal?.throwIfAborted();
      const address = addresses[turn % addresses.length];
      if (address === undefined || (turn > 0 && leftMs() <= 0)) break;
      const waitMs = Math.max(1, Math.min(ONE_MS, Math.round(leftMs())));
      const request = electLeadersRequest(kind, partitions, waitMs);
      try {
        const answer = decodeElection(await wires.to(address).send(request, waitMs));
        if (!AGAIN.has(answer.errorCode)) return answer;
      } catch (error) {
        if (error instanceof LabError) throw error;
        last = error as Error;
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  } finally {
    wires.close();
  }
  throw new LabError(
    "NO_CONTROLLER",
    `Cannot elect leaders: no broker had an answer of the controller within ${readable(timeoutMs)}`,
    {
      tookMs: performance.now() - began,
      hint: "Is a majority of the quorum's voters running? `cluster.describe()` shows them.",
      ...(last && { cause: last }),
    },
  );
}
