// What scenario 18 needs: producers whose budgets differ, and what each said when it gave a record up.
//
//   send ─▶ buffer ─▶ batch ─▶ request ─▶ answer      max.block.ms │ delivery.timeout.ms │ retries │ refused

import {
  type History,
  type Lab,
  type Load,
  machineShare,
  type Picture,
  type Probe,
  type ProbeOptions,
  type SendEvent,
  tableOf,
  type Verdict,
} from "@kafka-failure-lab/sdk";
import { type Figure, mergeVerdicts } from "@kafka-failure-lab/sdk/scenario";
import { untilSeen } from "./consumers/until.ts";

/** A producer and its budget. */
export interface Budget {
  readonly name: string;
  readonly options: Omit<ProbeOptions, "name" | "topic">;
  /** The setting that ends a record in a long outage, and its error; null: it waits. */
  readonly decides: string | null;
  readonly error: RegExp;
}

/** Four budgets, all but one shorter than the outage. */
export const BUDGETS: readonly Budget[] = [
  {
    name: "kafkajs, 3 tries",
    options: { retries: 2, initialRetryTime: "100ms", maxRetryTime: "200ms", requestTimeout: "1s" },
    decides: "retries",
    error: /./,
  },
  { name: "kafkajs, patient", options: { requestTimeout: "2s" }, decides: null, error: /./ },
  {
    name: "java, 2 s",
    options: {
      client: "java",
      properties: {
        "delivery.timeout.ms": "2000",
        "request.timeout.ms": "1000",
        "linger.ms": "0",
      },
    },
    decides: "delivery.timeout.ms",
    error: /Expiring \d+ record/,
  },
  {
    name: "java, small buffer",
    options: {
      client: "java",
      properties: { "buffer.memory": "2048", "batch.size": "0", "max.block.ms": "500" },
    },
    decides: "buffer.memory, max.block.ms",
    error: /Failed to allocate .* within the configured max blocking time/,
  },
];

/** What brokers and clients say of a record that is larger than the topic takes. */
const TOO_LARGE = /MESSAGE_TOO_LARGE|RecordTooLarge|larger than the max message size/;

const PATIENCE_MS = 120_000;
/** The leader may apply the topic's limit after the first record; one that times out is inconclusive. */
const MOST_SENDS = 20;

/** A producer at work. */
export interface Spender extends Budget {
  readonly probe: Probe;
  readonly load: Load;
}

/** Starts the load of each budget, and waits until all are served. */
export async function startBudgets(lab: Lab, topic: string): Promise<Spender[]> {
  const all = BUDGETS.map((one) => {
    const probe = lab.probe({ ...one.options, name: one.name, topic });
    return { ...one, probe, load: probe.start({ perSecond: 20 }) };
  });
  await Promise.all(all.map(({ load }) => load.acknowledged(20, { timeout: "2m" })));
  return all;
}

/** Waits until each of these producers has given up a record with an error. @throws LabError NOT_READY */
export async function untilGivenUp(
  lab: Lab,
  spenders: readonly Pick<Budget, "name">[],
  { fromMs }: { fromMs: number },
): Promise<void> {
  await untilSeen(lab, {
    look: (history) =>
      spenders.every(({ name }) => givenUp(history, name, { fromMs, toMs: Infinity }).length > 0) ||
      undefined,
    what: `${spenders.map(({ name }) => name).join(", ")} to give up a record`,
    hint: "The loads' outcomes are in the run's history.",
    timeoutMs: PATIENCE_MS,
  });
}

/**
 * Sends until a record is refused as too large, one at a time, and returns the error: a batch of several is
 * split before Kafka 4.2 into parts as large as before, again and again, until `delivery.timeout.ms`
 * (KAFKA-8350).
 */
export async function sendTooLarge({ probe }: Pick<Spender, "probe">): Promise<string> {
  let sent = await probe.send();
  for (let sends = 1; !TOO_LARGE.test(sent.error ?? "") && sends < MOST_SENDS; sends++)
    sent = await probe.send();
  return sent.error ?? "no record was refused";
}

function givenUp(
  history: History,
  client: string,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): SendEvent[] {
  return history.filter(
    (event): event is SendEvent =>
      event.kind === "send" &&
      event.client === client &&
      event.outcome !== "ok" &&
      event.isUnderWay !== true &&
      event.error !== undefined &&
      event.atMs + event.tookMs >= fromMs &&
      event.atMs + event.tookMs < toMs,
  );
}

/** What became of the records of one producer. */
export interface Spent {
  readonly name: string;
  readonly decides: string | null;
  readonly ok: number;
  /** Given up in the outage: certainly not written, and unknown; the errors, the most frequent first. */
  readonly fail: number;
  readonly info: number;
  readonly errors: readonly string[];
  /** Refused because they were too large. */
  readonly tooLarge: number;
  readonly verdict: Verdict;
}

/** Measures each producer; `smallMs` is when the topic began to refuse large records. */
export function spentOf(
  history: History,
  budgets: readonly Budget[],
  { outageMs, smallMs }: { outageMs: number; smallMs: number },
): Spent[] {
  const { isBusy } = machineShare(history, { fromMs: outageMs, toMs: smallMs });
  return budgets.map(({ name, decides, error }) => {
    const inOutage = givenUp(history, name, { fromMs: outageMs, toMs: smallMs });
    const after = givenUp(history, name, { fromMs: smallMs, toMs: Infinity });
    const tooLarge = after.filter((one) => TOO_LARGE.test(one.error!));
    const said = inOutage.some((one) => error.test(one.error!));
    const asExpected = decides === null ? inOutage.length === 0 || (isBusy ? "unknown" : false) : said;
    return {
      name,
      decides,
      ok: history.filter((event) => event.kind === "send" && event.client === name && event.outcome === "ok")
        .length,
      fail: inOutage.filter(({ outcome }) => outcome === "fail").length,
      info: inOutage.filter(({ outcome }) => outcome === "info").length,
      errors: byNumber(inOutage.map((one) => withoutFigures(one.error!))),
      tooLarge: tooLarge.length,
      verdict: mergeVerdicts([asExpected, refused(tooLarge, after)]),
    };
  });
}

/** A record that timed out, or found no room in the buffer, may never have reached a broker: inconclusive. */
function refused(tooLarge: readonly SendEvent[], after: readonly SendEvent[]): Verdict {
  if (tooLarge.length > 0) return tooLarge.some(({ outcome }) => outcome === "fail") || "unknown";
  return after.length > 0 && "unknown";
}

/** Each once, the most frequent first. */
function byNumber(texts: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a).map(([text]) => text);
}

/** `Expiring 3 record(s) for orders-0:2006 ms …` differs in each record; without figures it is one error. */
function withoutFigures(error: string): string {
  return error.replaceAll(/\d+/g, "…").slice(0, 90);
}

/** A row a producer. */
export function spentTable(all: readonly Spent[]): Picture {
  return tableOf(
    [
      ["producer", "acknowledged", "limit", "not written", "unknown", "too large", "error"],
      ...all.map(({ name, ok, decides, fail, info, tooLarge, errors }) => [
        name,
        String(ok),
        decides ?? "nothing",
        ...[fail, info, tooLarge].map(String),
        errors[0] ?? "",
      ]),
    ],
    { align: ["left", "right", "left", "right", "right", "right", "left"] },
  );
}

/** What comes again in another run. */
export function spentFigures(all: readonly Spent[]): Record<string, Figure> {
  return Object.fromEntries(
    all.flatMap(({ name, fail, info, tooLarge }): [string, Figure][] => [
      [`${name}: gives records up in the outage`, { value: fail + info > 0 }],
      [`${name}: records that are too large are refused`, { value: tooLarge > 0 }],
    ]),
  );
}
