// Counts how often the output of each input record of a group stands in the topics that it writes to.
//
//   input    0 1 2 3 4                     committed     0 1 2 2 4     2 several, 3 never
//   output   0 1 ✗2 2 2 4   (✗ aborted)    uncommitted   0 1 2 2 2 4
import { doubtOf } from "../absence.ts";
import { compareOffsets } from "../offset.ts";
import { fatesOf, type FateOf, type GroupDoubt } from "./fates.ts";
import { type GroupLog, type Life, type PartitionLog, sendOf } from "./group-log.ts";
import { groupRecord, type GroupRecord } from "./group-record.ts";
import { isMadeOf, type OutputBook, type OutputRecord, readSource, sourceName } from "./output-book.ts";

/** How many input records have how many outputs, as one kind of consumer is given them. */
export interface OutputCounts {
  /** Those with one output. */
  once: number;
  /** Those with more than one. */
  several: number;
  /** The outputs of the record that has most. */
  most: number;
  /** Those without any: never written, or not known. */
  none: number;
}

/** An input record with its outputs. */
export interface TransformedRecord extends GroupRecord {
  outputs: readonly OutputRecord[];
}

/** An output that names an input record which never was. */
export interface StrangeOutput extends OutputRecord {
  /** `orders-3@17` */
  source: string;
}

/** What was counted of one group. */
export interface OutputTally {
  committed: OutputCounts;
  uncommitted: OutputCounts;
  never: number;
  lostInLog: number;
  undecided: number;
  doubts: Partial<Record<GroupDoubt, number>>;
  beforeStart: number;
  afterEnd: number;
  outOfOrder: number;
  neverInput: number;
  undecidedInput: number;
  /** Outputs that name another topic than those that the group reads. */
  ofOthers: number;
  /** By what is wrong with them. */
  shown: Record<"never" | "several" | "undecided" | "outOfOrder", TransformedRecord[]>;
  strangers: StrangeOutput[];
}

/** Counts; `examples` is how many records of each kind are shown. */
export function outputTally(group: GroupLog, book: OutputBook, examples: number): OutputTally {
  const tally: OutputTally = {
    ...{ committed: noneYet(), uncommitted: noneYet(), never: 0, lostInLog: 0, undecided: 0, doubts: {} },
    ...{ beforeStart: 0, afterEnd: 0, outOfOrder: 0, neverInput: 0, undecidedInput: 0, ofOthers: 0 },
    shown: { never: [], several: [], undecided: [], outOfOrder: [] },
    strangers: [],
  };
  const known = new Set<OutputRecord>();
  for (const log of group.partitions) {
    const fateOf = fatesOf(group, log);
    const firsts: First[] = [];
    for (const life of log.lives) {
      const outputs = outputsOf(book, log, life);
      for (const output of outputs) known.add(output);
      const committed = outputs.filter(({ state }) => state === "committed");
      const fate = committed.length > 0 ? "written" : unwritten(group, { log, life, fateOf }, tally);
      if (fate === null) continue;
      count(tally.committed, committed.length);
      count(tally.uncommitted, outputs.length);
      if (isInOnePlace(committed)) firsts.push({ life, output: committed[0]! });
      const kind = fate !== "written" ? fate : committed.length > 1 ? "several" : undefined;
      if (kind !== undefined && tally.shown[kind].length < examples)
        tally.shown[kind].push({ ...groupRecord(group.group, log, life), outputs });
    }
    for (const { life, output } of disordered(firsts)) {
      tally.outOfOrder++;
      if (tally.shown.outOfOrder.length < examples)
        tally.shown.outOfOrder.push({ ...groupRecord(group.group, log, life), outputs: [output] });
    }
  }
  countStrangers(group, book, { known, tally, examples });
  return tally;
}

function noneYet(): OutputCounts {
  return { once: 0, several: 0, most: 0, none: 0 };
}

function count(counts: OutputCounts, times: number): void {
  counts[times === 0 ? "none" : times === 1 ? "once" : "several"]++;
  counts.most = Math.max(counts.most, times);
}

/** The outputs that were made of a record: they have its place and its value. */
export function outputsOf(
  { bySource }: Pick<OutputBook, "bySource">,
  { name }: Pick<PartitionLog, "name">,
  { offset, value }: Pick<Life, "offset" | "value">,
): readonly OutputRecord[] {
  const all = bySource.get(sourceName(name, offset)) ?? [];
  return all.every((one) => isMadeOf(one, value)) ? all : all.filter((one) => isMadeOf(one, value));
}

interface InPartition {
  log: PartitionLog;
  life: Life;
  fateOf: FateOf;
}

/** Counts a record without a committed output; null where it does not count. */
function unwritten(
  { writes }: GroupLog,
  { log, life, fateOf }: InPartition,
  tally: OutputTally,
): "never" | "undecided" | null {
  if (life.value === null) return null;
  const send = sendOf(log, life);
  const isAcked = send?.outcome === "ok";
  if (!isAcked && life.delivered === 0) return null;
  const undecided = (doubt: GroupDoubt): "undecided" => {
    tally.undecided++;
    tally.doubts[doubt] = (tally.doubts[doubt] ?? 0) + 1;
    return "undecided";
  };
  const never = (): "never" => {
    tally.never++;
    return "never";
  };
  // without transactions a record is processed when all in-sync replicas have acknowledged its output
  if (life.times > 0 && writes?.isTransactional === false) return never();
  const fate = fateOf(life);
  switch (fate.what) {
    case "undecided":
      return undecided(fate.doubt);
    case "skipped":
      return never();
    case "before the start":
      tally.beforeStart++;
      return null;
    case "after the end":
      tally.afterEnd++;
      return null;
    case "lost in the log": {
      const { ledger } = log.book;
      if (!isAcked || ledger === null) return null; // an aborted or truncated record needs no output
      if (doubtOf(ledger, send) !== null || ledger.recordOf[life.send] !== -1)
        return undecided("not in the readback");
      tally.lostInLog++;
      return never();
    }
    default:
      return fate satisfies never;
  }
}

interface First {
  life: Life;
  /** Its first output. */
  output: OutputRecord;
}

/** Whether all are in one partition; the order of others is not known. */
function isInOnePlace(outputs: readonly OutputRecord[]): boolean {
  const [first] = outputs;
  return (
    first !== undefined &&
    outputs.every(({ topic, partition }) => topic === first.topic && partition === first.partition)
  );
}

/** The records whose first output stands behind that of a later record of their partition. */
function disordered(firsts: readonly First[]): First[] {
  const furthest = new Map<string, number>();
  const byPlace = [...firsts].sort((a, b) => compareOffsets(a.output.offset, b.output.offset));
  return byPlace.filter(({ life, output: { topic, partition } }) => {
    const key = `${partition} ${topic}`;
    const before = furthest.get(key) ?? -1;
    furthest.set(key, Math.max(before, life.rank));
    return before > life.rank;
  });
}

/** Counts outputs that name a record which the group cannot have read. */
function countStrangers(
  { partitions }: GroupLog,
  { bySource }: OutputBook,
  { known, tally, examples }: { known: ReadonlySet<OutputRecord>; tally: OutputTally; examples: number },
): void {
  const byName = new Map(partitions.map((log) => [log.name, log]));
  const topics = new Map(partitions.map((log) => [log.topic, log]));
  for (const [source, outputs] of bySource) {
    for (const output of outputs) {
      if (known.has(output) || output.state === "aborted") continue;
      const { topic, partition, offset } = readSource(source)!;
      if (!topics.has(topic)) tally.ofOthers++;
      else if (isWhollyKnown(byName.get(`${topic}-${partition}`), topics.get(topic)!, offset)) {
        tally.neverInput++;
        if (tally.strangers.length < examples) tally.strangers.push({ ...output, source });
      } else tally.undecidedInput++;
    }
  }
}

/** Whether every record that stood at an offset is known: it was read back, or the group was given it. */
function isWhollyKnown(log: PartitionLog | undefined, other: PartitionLog, offset: string): boolean {
  // a partition that the topic does not have
  if (log === undefined) return other.book.row(other.partition)?.complete === true;
  const row = log.book.row(log.partition);
  return row?.complete === true && compareOffsets(offset, row.from) >= 0;
}
