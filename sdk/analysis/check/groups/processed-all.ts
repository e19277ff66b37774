// Every acknowledged record of the topics that a group reads is processed: never, once, or several times.
import type { History } from "../../../model/history.ts";
import { mergeVerdicts, type Verdict } from "../../../model/verdict.ts";
import { doubtOf } from "../absence.ts";
import { counted } from "../counted.ts";
import type { ExampleOptions, Finding } from "../finding.ts";
import type { TopicLedger } from "../ledger.ts";
import { type Fate, fatesOf, type FateOf, type GroupDoubt } from "./fates.ts";
import { type GroupLog, groupLogs, type Life, type PartitionLog } from "./group-log.ts";
import type { GroupScope } from "./group-events.ts";
import { groupRecord, type GroupRecord, NO_GROUP } from "./group-record.ts";
import { type MeasuredSemantics, type Semantics, semanticsOf } from "./semantics.ts";

/** What `processedAll` found. */
export type ProcessedAll = Finding<"processedAll", ProcessedAllFacts>;

/** What `processedAll` rests on. */
export interface ProcessedAllFacts {
  /** The guarantee that the groups were judged by. */
  claimed: Semantics;
  groups: readonly GroupTally[];
}

/** How often one group processed the acknowledged records of its topics. */
export interface GroupTally {
  group: string;
  topics: readonly string[];
  /** The delivery guarantee, as measured: of all records that the group met, whoever sent them. */
  semantics: MeasuredSemantics;
  /** Acknowledged records of its topics, without those before its start and after its end. */
  acknowledged: number;
  /** Those that it processed exactly once. */
  once: number;
  /** Those that it processed more than once. */
  several: number;
  /** How often the record was processed that was processed most often. */
  most: number;
  /** Those that it never processes: `skipped` and `lostInLog`. */
  never: number;
  /** Those that it committed past without processing them. */
  skipped: number;
  /** Those that are not in the log any more. */
  lostInLog: number;
  /** Those that it has not processed, where that proves nothing. */
  undecided: number;
  /** How often for which reason. */
  doubts: Partial<Record<GroupDoubt, number>>;
  /** Acknowledged before the offset at which it began to read (`auto.offset.reset=latest`). */
  beforeStart: number;
  /** Acknowledged after its last member had left of its own accord, and not processed. */
  afterEnd: number;
  /** Of `several`, those that stand at several offsets, each processed once: their producer wrote them. */
  writtenTwice: number;
  /** Records, whoever sent them, that it processed again at the same offset. */
  repeated: number;
  /** Records, whoever sent them, that it committed past without processing them. */
  skippedOfAll: number;
  /** Records that it never processes; else undecided ones; else those that it processed several times. */
  examples: readonly GroupRecord[];
}

/** Options of `processedAll`. */
export interface ProcessedAllOptions extends GroupScope, ExampleOptions {
  /** Only records of this client. @default every client */
  client?: string;
  /** The guarantee that the groups are claimed to give. @default "at-least-once" */
  semantics?: Semantics;
}

/**
 * Counts how often each acknowledged record of a group's topics was processed, and judges it by the claimed
 * guarantee.
 *
 * At least once: false where a record was committed past that nobody processed, or is not in the log any
 * more. At most once: false where a record was processed again. Exactly once: false in both cases. The
 * verdict is unknown where a group had not read to the end, and true where nothing was acknowledged.
 */
export function processedAll(history: History, options: ProcessedAllOptions = {}): ProcessedAll {
  return processedAllIn(groupLogs(history, options), options);
}

/** Counts on logs that are already built. */
export function processedAllIn(
  groups: readonly GroupLog[],
  { client, examples = 5, semantics = "at-least-once" }: ProcessedAllOptions = {},
): ProcessedAll {
  const tallies = groups.map((group) => tallyOf(group, client, examples));
  return {
    checker: "processedAll",
    verdict: groups.length === 0 ? "unknown" : mergeVerdicts(tallies.map((one) => verdictOf(one, semantics))),
    summary: groups.length === 0 ? NO_GROUP : tallies.map(summaryOf).join(" "),
    facts: { claimed: semantics, groups: tallies },
  };
}

type Tally = { -readonly [K in keyof GroupTally]: GroupTally[K] };

function tallyOf(group: GroupLog, client: string | undefined, examples: number): GroupTally {
  const topics = new Map<string, PartitionLog[]>();
  for (const log of group.partitions) topics.set(log.topic, [...(topics.get(log.topic) ?? []), log]);
  const tally: Tally = {
    ...{ group: group.group, topics: [...topics.keys()], semantics: "unknown", acknowledged: 0, once: 0 },
    ...{ several: 0, most: 0, never: 0, skipped: 0, lostInLog: 0, undecided: 0, doubts: {}, beforeStart: 0 },
    ...{ afterEnd: 0, writtenTwice: 0, repeated: 0, skippedOfAll: 0, examples: [] },
  };
  const never: GroupRecord[] = [];
  const undecided: GroupRecord[] = [];
  const several: GroupRecord[] = [];
  const own = { processed: 0, undecided: 0 };
  for (const logs of topics.values()) {
    const fates = new Map(logs.map((log) => [log, fatesOf(group, log)]));
    for (const [log, fateOf] of fates) countLives(log, fateOf, tally, own);
    const { ledger } = logs[0]!.book;
    if (ledger === null) continue;
    const lives = livesOf(ledger, logs);
    ledger.sends.forEach((send, s) => {
      if (send.outcome !== "ok" || (client !== undefined && send.client !== client)) return;
      const met = lives[s] ?? [];
      const times = met.reduce((sum, { life }) => sum + life.times, 0);
      const show = (into: GroupRecord[]): void => {
        const seen = met.find(({ life }) => life.times > 0) ?? met[0];
        if (into.length < examples && seen !== undefined)
          into.push({ ...groupRecord(group.group, seen.log, seen.life), times });
      };
      if (times > 0) {
        tally.acknowledged++;
        tally.most = Math.max(tally.most, times);
        if (times === 1) return void tally.once++;
        tally.several++;
        if (met.every(({ life }) => life.times <= 1)) tally.writtenTwice++;
        return show(several);
      }
      const isNever = countNever(fateOfSend(ledger, s, met, fates), tally);
      if (isNever !== null) show(isNever ? never : undecided);
    });
  }
  tally.semantics = semanticsOf({ ...own, repeated: tally.repeated, skipped: tally.skippedOfAll });
  tally.examples = [never, undecided, several].find((some) => some.length > 0) ?? [];
  return tally;
}

interface Met {
  log: PartitionLog;
  life: Life;
}

/** By send, where the group met its record. */
function livesOf({ sends }: TopicLedger, logs: readonly PartitionLog[]): (Met[] | undefined)[] {
  const found = new Array<Met[] | undefined>(sends.length).fill(undefined);
  for (const log of logs)
    for (const life of log.lives) {
      if (life.send < 0) continue;
      const known = found[life.send];
      if (known === undefined) found[life.send] = [{ log, life }];
      else known.push({ log, life });
    }
  return found;
}

/** Counts every record of a partition, whoever sent it, for the guarantee as measured. */
function countLives(
  log: PartitionLog,
  fateOf: FateOf,
  tally: Tally,
  own: { processed: number; undecided: number },
): void {
  for (const life of log.lives) {
    if (life.times > 0) own.processed++;
    if (life.times > 1) tally.repeated++;
    if (life.times > 0) continue;
    const { what } = fateOf(life);
    if (what === "skipped") tally.skippedOfAll++;
    if (what === "undecided") own.undecided++;
  }
}

/** What became of an acknowledged record that was not processed: what leaves hope, else what is the worst. */
function fateOfSend(
  ledger: TopicLedger,
  s: number,
  met: readonly Met[],
  fates: ReadonlyMap<PartitionLog, FateOf>,
): Fate {
  const all = met.map(({ log, life }) => fates.get(log)!(life));
  const found =
    all.find(({ what }) => what === "undecided") ??
    all.find(({ what }) => what === "skipped") ??
    all.find(({ what }) => what === "before the start" || what === "after the end") ??
    all[0];
  if (found !== undefined && found.what !== "lost in the log") return found;
  return doubtOf(ledger, ledger.sends[s]!) === null && ledger.recordOf[s] === -1
    ? { what: "lost in the log" }
    : { what: "undecided", doubt: "not in the readback" };
}

/** Counts it; returns whether the record is never processed, or null where it does not count. */
function countNever(fate: Fate, tally: Tally): boolean | null {
  if (fate.what === "before the start" || fate.what === "after the end") {
    tally[fate.what === "after the end" ? "afterEnd" : "beforeStart"]++;
    return null;
  }
  tally.acknowledged++;
  if (fate.what === "undecided") {
    tally.undecided++;
    tally.doubts[fate.doubt] = (tally.doubts[fate.doubt] ?? 0) + 1;
    return false;
  }
  tally.never++;
  if (fate.what === "skipped") tally.skipped++;
  else tally.lostInLog++;
  return true;
}

function verdictOf({ never, undecided, repeated }: GroupTally, claimed: Semantics): Verdict {
  if (repeated > 0 && claimed !== "at-least-once") return false;
  if (claimed === "at-most-once") return true;
  if (never > 0) return false;
  return undecided > 0 ? "unknown" : true;
}

function summaryOf(tally: GroupTally): string {
  const { group, acknowledged, once, several, most, never, lostInLog, undecided, semantics } = tally;
  const word = semantics === "none" || semantics === "unknown" ? "" : ` (${semantics} as measured)`;
  if (acknowledged === 0) return `${group}: nothing was acknowledged in the topics that it reads${word}.`;
  const parts = [`${counted(once)} once`];
  if (several > 0) parts.push(`${counted(several)} more than once (at most ${counted(most)} times)`);
  if (never > 0) parts.push(`${counted(never)} never${lostInLog > 0 ? ` (${lostWords(tally)})` : ""}`);
  if (undecided > 0) parts.push(`${counted(undecided)} not known: ${doubtWords(tally)}`);
  return `${group} processed of ${counted(acknowledged, "acknowledged record")} ${parts.join(", ")}${word}.`;
}

function lostWords({ skipped, lostInLog }: GroupTally): string {
  const lost = `${counted(lostInLog)} not in the log`;
  return skipped > 0 ? `${counted(skipped)} skipped, ${lost}` : lost;
}

function doubtWords({ doubts }: GroupTally): string {
  return Object.entries(doubts)
    .map(([doubt, n]) => `${counted(n)} ${doubt}`)
    .join(", ");
}
