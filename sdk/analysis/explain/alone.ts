// A client with one server in its bootstrap list that has lost its connections asks nobody else: where that
// server is gone, it waits for it however well the cluster is.

import { attempted } from "./evidence.ts";
import type { Lasting } from "./facts.ts";
import { untilHealed } from "./healing.ts";
import type { Outage } from "./outage.ts";
import type { Piece } from "./pieces.ts";

/**
 * The stretch until the only server that a client knows was healed; none where the client asked another, or
 * knows more.
 */
export function alonePieces(outage: Outage, fault: Lasting, fromMs: number): Piece[] {
  const { settings, attempts, toMs } = outage;
  const bootstrap: unknown = settings["bootstrap"];
  if (!Array.isArray(bootstrap) || bootstrap.length !== 1 || fault.toMs <= fromMs || fault.toMs >= toMs)
    return [];
  const meanwhile = attempts.filter(({ atMs, endMs }) => endMs > fromMs && atMs < fault.toMs);
  const [first, last] = [meanwhile[0], meanwhile.at(-1)];
  const isAlone = meanwhile.every(
    ({ address, broker, error }) =>
      error !== undefined &&
      address === bootstrap[0] &&
      broker !== null &&
      fault.event.targets.includes(broker),
  );
  if (first === undefined || last === undefined || !isAlone) return [];
  return untilHealed(outage, fault, ", the only server that the client knew").map((piece) => ({
    ...piece,
    evidence: [...piece.evidence.filter(({ kind }) => kind !== "view"), attempted(first), attempted(last)],
  }));
}
