// What a history knows about its cluster, sorted for questions of time.

import { endsProcess } from "../../faults/mod.ts";
import type { ElectionEvent } from "../../model/election.ts";
import type {
  Broker,
  BrokerLogEvent,
  ClusterEvent,
  FaultEvent,
  HealEvent,
  History,
  NodeId,
  BrokerLogFact,
} from "../../model/history.ts";
import { hitsMembers, hitsSettings } from "../../model/member.ts";
import { type MachineLog, machineLog } from "../check/mod.ts";

/** A fault with its end. */
export interface Lasting {
  readonly event: FaultEvent;
  /** Absent where it was not healed. */
  readonly heal?: HealEvent;
  readonly fromMs: number;
  /** When its heal took effect; `Infinity` where it was not healed. */
  readonly toMs: number;
}

/** A line of a broker's log that tells one kind of thing. */
export type Line<What extends BrokerLogFact["what"] = BrokerLogFact["what"]> = BrokerLogEvent & {
  readonly fact: Extract<BrokerLogFact, { what: What }>;
};

/** All that is known beside the sends. */
export interface Facts {
  /** On nodes of the cluster. */
  readonly faults: readonly Lasting[];
  /** On members of groups: one of them keeps no broker from serving. */
  readonly memberFaults: readonly Lasting[];
  /** By request. */
  readonly elections: readonly ElectionEvent[];
  /** In order of time. */
  readonly views: readonly ClusterEvent[];
  /** The brokers' timers; empty in runs that are older than the field. */
  readonly timers: Readonly<Record<string, number>>;
  /** By client. */
  readonly settings: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  /** What the machine kept from lab and brokers. */
  readonly machine: MachineLog;
  /** The lines that tell one kind of thing, from after one moment up to another, in order of time. */
  lines<What extends BrokerLogFact["what"]>(what: What, afterMs: number, toMs: number): Line<What>[];
  brokerOf(nodeId: NodeId): Broker | null;
  nodeOf(broker: Broker): NodeId | null;
}

/** Sorts what a history knows. */
export function factsOf(history: History): Facts {
  const [faults, heals]: [FaultEvent[], Map<string, HealEvent>] = [[], new Map()];
  const lines = new Map<BrokerLogFact["what"], BrokerLogEvent[]>();
  const views: ClusterEvent[] = [];
  const settings = new Map<string, Readonly<Record<string, unknown>>>();
  let timers: Facts["timers"] = {};
  let brokers: readonly { broker: Broker; nodeId: NodeId }[] = [];
  for (const event of history) {
    if (event.kind === "run") [timers, brokers] = [event.timers ?? {}, event.brokers];
    else if (event.kind === "fault") faults.push(event);
    else if (event.kind === "heal") heals.set(event.id, event);
    else if (event.kind === "cluster") views.push(event);
    else if (event.kind === "client") settings.set(event.client, event.settings);
    else if (event.kind === "broker log") {
      const known = lines.get(event.fact.what);
      if (known === undefined) lines.set(event.fact.what, [event]);
      else known.push(event);
    }
  }
  for (const some of [views, ...lines.values()]) some.sort((a, b) => a.atMs - b.atMs);
  const present = (lines.get("registration") ?? []).filter(
    (line) => !isOfThePast(line, [...heals.values()], lines.get("started") ?? []),
  );
  lines.set("registration", present);
  const all = faults.map((event) => lasting(event, heals.get(event.id))).sort((a, b) => a.fromMs - b.fromMs);
  return {
    faults: all.filter(({ event }) => !hitsMembers(event) && !hitsSettings(event)),
    memberFaults: all.filter(({ event }) => hitsMembers(event)),
    elections: history.filter((event) => event.kind === "election"),
    views,
    timers,
    settings,
    machine: machineLog(history),
    lines: <What extends BrokerLogFact["what"]>(what: What, afterMs: number, toMs: number) =>
      (lines.get(what) ?? []).filter(({ atMs }) => atMs > afterMs && atMs <= toMs) as Line<What>[],
    brokerOf: (nodeId) => brokers.find((one) => one.nodeId === nodeId)?.broker ?? null,
    nodeOf: (broker) => brokers.find((one) => one.broker === broker)?.nodeId ?? null,
  };
}

/**
 * Whether a line was logged by a broker that was starting: it reads the metadata log from its last snapshot
 * on, and tells of everybody's past as if that were now.
 */
function isOfThePast(
  { atMs, broker, nodeId }: BrokerLogEvent,
  heals: readonly HealEvent[],
  started: readonly BrokerLogEvent[],
): boolean {
  const isRestart = (heal: HealEvent): boolean =>
    endsProcess(heal) && broker !== null && heal.targets.includes(broker) && heal.effectAtMs <= atMs;
  const last = heals.filter(isRestart).at(-1);
  return (
    last !== undefined &&
    !started.some((line) => line.nodeId === nodeId && line.atMs > last.effectAtMs && line.atMs <= atMs)
  );
}

function lasting(event: FaultEvent, heal: HealEvent | undefined): Lasting {
  return {
    event,
    ...(heal === undefined ? {} : { heal }),
    fromMs: event.effectAtMs,
    toMs: heal?.effectAtMs ?? Infinity,
  };
}
