// What became of leader and controller when one of them was lost, by the history.
//
//   fault ├── no controller ──┤ another is active ─┤ a topic that was asked for is there
//         ├─ acknowledged? ───┤                    └ before the heal
//   fault ├── no leader ──┤ another leads ─┤ healed ─┤ elect("preferred"): who leads

import {
  type ClusterEvent,
  type ElectionEvent,
  type History,
  machineShare,
  outage,
  type Picture,
  type Prediction,
  readable,
  type SendEvent,
  type Span,
  tableOf,
  type Verdict,
} from "@kafka-failure-lab/sdk";
import type { Figure } from "@kafka-failure-lab/sdk/scenario";
import { movedText } from "./cuts.ts";
import { stateIn } from "./partition.ts";
import { faultOf, viewsWithin } from "./within.ts";

/** One loss. */
export interface StepCase {
  /** In a row of the table: `leader, kill`. */
  readonly name: string;
  /** What was lost. */
  readonly lost: "leader" | "controller";
  /** The id of the fault. */
  readonly id: string;
  readonly client: string;
  readonly topic: string;
  readonly partition: number;
  /** What was predicted for the client. */
  readonly predicted: Pick<Prediction, "gap" | "controller">;
  /** When a topic was seen that was asked for when the controller was lost, since the run's start. */
  readonly createdAtMs?: number;
}

/** What came of a loss. */
export interface Stepped {
  readonly name: string;
  readonly lost: StepCase["lost"];
  readonly leader: { readonly before: number | null; readonly after: number | null };
  /** By node.id; `afterMs`: when another one was seen to be active, after the fault. */
  readonly controller: {
    readonly before: number | null;
    readonly after: number | null;
    readonly afterMs: number | null;
  };
  /** The client's longest time without an acknowledged send; null: it was not served. */
  readonly gapMs: number | null;
  /** Sends that began and were acknowledged while there was no controller. */
  readonly meanwhile: number;
  /** When the topic was seen that was asked for, after the fault; null where none was. */
  readonly createdMs: number | null;
  /** Who led after the election of the preferred leader; null where none was asked for. */
  readonly preferred: number | null;
  readonly predicted: StepCase["predicted"];
  readonly verdict: Verdict;
}

/** Measures a loss. @throws RangeError where the history has no fault with that id */
export function steppedOf(history: History, asked: StepCase): Stepped {
  const { name, lost, id, client, topic, partition, predicted, createdAtMs } = asked;
  const { fault, healed } = faultOf(history, id, "fault");
  const { effectAtMs: fromMs } = fault;
  const toMs = healed?.atMs ?? Infinity;
  const views = viewsWithin(history, { fromMs: fault.atMs, toMs });
  const leaders = views.map((view) => stateIn(view, topic, partition)?.leader ?? null);
  const before = views[0]?.controllerNodeId ?? null;
  const other = nextController(history, views, { before, fromMs: fault.atMs, toMs });
  const found: Omit<Stepped, "verdict"> = {
    name,
    lost,
    leader: { before: leaders[0] ?? null, after: leaders.at(-1) ?? null },
    controller: {
      before,
      after: other?.nodeId ?? before,
      afterMs: other === undefined ? null : Math.max(0, other.atMs - fromMs),
    },
    gapMs: outage(history, { id, topic, partition }).clients[client] ?? null,
    meanwhile: lost === "leader" ? 0 : ackedWithin(history, { client, fromMs, toMs: other?.atMs ?? toMs }),
    createdMs: createdAtMs === undefined ? null : createdAtMs - fromMs,
    preferred: preferredAfter(history, asked, healed?.atMs),
    predicted: { gap: predicted.gap, ...(predicted.controller && { controller: predicted.controller }) },
  };
  const { isBusy } = machineShare(history, { fromMs: fault.atMs, ...(toMs < Infinity && { toMs }) });
  const isSeen = views.length > 0 && leaders[0] !== null && before !== null;
  return { ...found, verdict: isSeen ? verdictOf(found, isBusy) : "unknown" };
}

/** The next active controller, by its own log or by what was seen, whichever is first. */
function nextController(
  history: History,
  views: readonly ClusterEvent[],
  { before, fromMs, toMs }: { before: number | null; fromMs: number; toMs: number },
): { nodeId: number; atMs: number } | undefined {
  const seen = views.flatMap(({ controllerNodeId: nodeId, atMs }) =>
    nodeId === null ? [] : [{ nodeId, atMs }],
  );
  const logged = history.flatMap((event) =>
    event.kind === "broker log" && event.fact.what === "controllerActive"
      ? [{ nodeId: event.fact.nodeId, atMs: event.atMs }]
      : [],
  );
  return [...seen, ...logged]
    .filter(({ nodeId, atMs }) => nodeId !== before && atMs >= fromMs && atMs <= toMs)
    .sort((a, b) => a.atMs - b.atMs)[0];
}

function ackedWithin(
  history: History,
  { client, fromMs, toMs }: { client: string; fromMs: number; toMs: number },
): number {
  return history.filter(
    (event): event is SendEvent =>
      event.kind === "send" &&
      event.client === client &&
      event.outcome === "ok" &&
      event.atMs >= fromMs &&
      event.atMs + event.tookMs <= toMs,
  ).length;
}

/** Who led the partition after the first election that was asked for behind the heal. */
function preferredAfter(
  history: History,
  { topic, partition, lost }: StepCase,
  healedMs: number | undefined,
): number | null {
  if (healedMs === undefined || lost !== "leader") return null;
  const election = history.find(
    (event): event is ElectionEvent => event.kind === "election" && event.atMs >= healedMs,
  );
  return (
    election?.partitions.find((one) => one.topic === topic && one.partition === partition)?.after ?? null
  );
}

/** How wrong the order of two observations may be: a broker's clock, and when each broker is asked. */
const SLACK_MS = 100;

/** A busy machine may make a node be taken for dead, and keep clients and the lab waiting. */
function verdictOf(found: Omit<Stepped, "verdict">, isBusy: boolean): Verdict {
  const { lost, leader, controller, meanwhile, createdMs, preferred } = found;
  const holds =
    lost === "leader"
      ? leader.after !== null && leader.after !== leader.before && preferred === leader.before
      : leader.after === leader.before &&
        controller.afterMs !== null &&
        meanwhile > 0 &&
        (createdMs === null || createdMs >= controller.afterMs - SLACK_MS);
  return holds || (isBusy ? "unknown" : false);
}

/** A row a loss. */
export function stepTable(steps: readonly Stepped[]): Picture {
  return tableOf(
    [
      [
        "lost",
        "leader",
        "without an ack, predicted",
        "measured",
        "another controller",
        "acknowledged meanwhile",
        "topic created",
        "preferred election",
      ],
      ...steps.map(
        ({ name, leader, predicted, gapMs, controller, lost, meanwhile, createdMs, preferred }) => [
          name,
          movedText(leader),
          spanText(predicted.gap),
          gapMs === null ? "not served" : readable(gapMs),
          controllerText(controller.afterMs, predicted.controller?.activeAt ?? null),
          lost === "leader" ? "" : String(meanwhile),
          createdMs === null ? "" : `after ${readable(createdMs)}`,
          preferred === null ? "" : `broker ${preferred}`,
        ],
      ),
    ],
    { align: ["left", "left", "left", "right", "right", "right", "right", "left"] },
  );
}

function controllerText(afterMs: number | null, expected: Span | null): string {
  if (afterMs === null) return expected === null ? "" : `none; predicted ${spanText(expected)}`;
  return `after ${readable(afterMs)}; predicted ${expected === null ? "none" : spanText(expected)}`;
}

function spanText(span: Span | null): string {
  return span === null ? "not served" : `${readable(span.fromMs)} to ${readable(span.toMs)}`;
}

/** What comes again in another run. */
export function stepFigures(steps: readonly Stepped[]): Record<string, Figure> {
  return Object.fromEntries(
    steps.flatMap(({ name, lost, leader, meanwhile, preferred }): [string, Figure][] => [
      [`${name}: another broker leads`, { value: leader.before !== leader.after }],
      lost === "leader"
        ? [
            `${name}: led by the same broker after the preferred election`,
            { value: preferred === leader.before },
          ]
        : [`${name}: sends are acknowledged without a controller`, { value: meanwhile > 0 }],
    ]),
  );
}
