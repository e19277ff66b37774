// Producers that are restarted one after the other, and what became of their records, by the history.
//
//   SIGTERM   close(): what is buffered is sent, and answered, before the process ends; send() throws
//   SIGKILL   ├ buffered: never sent ┤├ sent, not answered: in the log or not, nobody knows ┤

import {
  type History,
  type Lab,
  machineShare,
  noLostWrites,
  type Picture,
  readable,
  type SendEvent,
  tableOf,
  type Verdict,
} from "@kafka-failure-lab/sdk";
import { type Figure, mergeVerdicts } from "@kafka-failure-lab/sdk/scenario";

/** How a producer's process is ended. */
export type ProducerEnd = "SIGTERM" | "SIGKILL";

const LOAD = { perSecond: 200 } as const;
/** Long enough that a record is in the buffer at any moment. */
const LINGER_MS = 200;
const ACKS = 200;

/** The producers of a roll, by their names in the history. */
export interface ProducerRoll {
  readonly end: ProducerEnd;
  readonly clients: readonly string[];
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Starts two of Kafka's own producers and restarts each, one after the other, while the other goes on. Both
 * are ended by SIGTERM at last.
 *
 * @throws LabError NO_JAVA, NO_KAFKA where Kafka's client cannot run; NOT_READY after a minute without
 *   acknowledgements
 */
export async function rollProducers(lab: Lab, topic: string, end: ProducerEnd): Promise<ProducerRoll> {
  const fromMs = lab.run.now();
  const names = [1, 2].map((n) => `${end} ${n}`);
  const probes = names.map((name) =>
    lab.probe({ name, topic, client: "java", properties: { "linger.ms": String(LINGER_MS) } }),
  );
  const loads = probes.map((probe) => probe.start(LOAD));
  await Promise.all(loads.map((load) => load.acknowledged(ACKS)));
  for (const [i, probe] of probes.entries()) {
    await loads[i]!.stop({ giveUp: end === "SIGKILL" });
    loads[i] = probe.start(LOAD);
    await loads[i].acknowledged(ACKS);
  }
  await Promise.all(loads.map((load) => load.stop()));
  return { end, clients: names, fromMs, toMs: lab.run.now() };
}

/** What became of the records of a roll's producers. */
export interface ProducersRolled {
  readonly end: ProducerEnd;
  readonly acknowledged: number;
  /** Acknowledged, and not in the log. */
  readonly lost: number;
  /** Refused by a producer that is being closed: send() throws, so the application knows. */
  readonly refused: number;
  /** Taken by a producer and never acknowledged, and how many of those are in the log all the same. */
  readonly unanswered: number;
  readonly inLog: number;
  readonly tookMs: number;
  readonly verdict: Verdict;
}

/** Measures a roll; how many are in the log is known when the topic was read back. */
export function producersRolledOf(
  history: History,
  { end, clients, fromMs, toMs }: ProducerRoll,
): ProducersRolled {
  const tallies = clients.map((client) => noLostWrites(history, { client }));
  const read = history.findLast((event) => event.kind === "readback");
  const values = new Set(read?.kind === "readback" ? read.records.map(({ value }) => value) : []);
  const failed = history.filter(
    (event): event is SendEvent =>
      event.kind === "send" && clients.includes(event.client) && event.outcome !== "ok",
  );
  const unanswered = failed.filter(({ error = "" }) => !isRefusal(error));
  const lost = tallies.reduce((sum, { facts }) => sum + facts.lost, 0);
  const { isBusy } = machineShare(history, { fromMs, toMs });
  return {
    end,
    acknowledged: tallies.reduce((sum, { facts }) => sum + facts.acknowledged, 0),
    lost,
    refused: failed.length - unanswered.length,
    unanswered: unanswered.length,
    inLog: unanswered.filter(({ value }) => values.has(value)).length,
    tookMs: toMs - fromMs,
    verdict: mergeVerdicts([
      ...tallies.map(({ verdict }) => verdict),
      asExpected(end, unanswered.length, isBusy),
    ]),
  };
}

/** RecordAccumulator.append and KafkaProducer.throwIfProducerClosed. */
function isRefusal(error: string): boolean {
  return (
    error.includes("Producer closed while send in progress") ||
    error.includes("Cannot perform operation after producer has been closed")
  );
}

/** A kill may find the buffer empty; a slow machine may let a record expire. */
function asExpected(end: ProducerEnd, unanswered: number, isBusy: boolean): Verdict {
  if (end === "SIGKILL") return unanswered > 0 || "unknown";
  return unanswered === 0 || (isBusy ? "unknown" : false);
}

/** A row a roll. */
export function producersTable(rolls: readonly ProducersRolled[]): Picture {
  return tableOf(
    [
      [
        "producers ended by",
        "acknowledged",
        "lost",
        "refused by send()",
        "taken, never acknowledged",
        "of them in the log",
        "took",
      ],
      ...rolls.map(({ end, acknowledged, lost, refused, unanswered, inLog, tookMs }) => [
        end,
        ...[acknowledged, lost, refused, unanswered, inLog].map(String),
        readable(tookMs),
      ]),
    ],
    { align: ["left", "right", "right", "right", "right", "right", "right"] },
  );
}

/** As JSON. */
export function producersJson({ verdict, ...rest }: ProducersRolled): object {
  return { ...rest, asExpected: verdict };
}

/** What comes again in another run. */
export function producersFigures(rolls: readonly ProducersRolled[]): Record<string, Figure> {
  return Object.fromEntries(
    rolls.flatMap(({ end, lost, unanswered }): [string, Figure][] => [
      [`${end}: acknowledged records that are lost`, { value: lost }],
      [`${end}: records that were taken and never acknowledged`, { value: unanswered > 0 }],
    ]),
  );
}
