// What groups wrote to other topics, as the last readback of each has it: which input record each output was
// made of.
//
//   orders-3@17 VALUE   at invoices-0, offset 42, committed      client/member/transform.ts writes them so
//   └─ input ─┘
import type {
  History,
  PartitionReadback,
  ReadbackEvent,
  ReadRecord,
  UncommittedRecord,
} from "../../../model/history.ts";

/** One record of an output topic that names the record it was made of. */
export interface OutputRecord {
  topic: string;
  partition: number;
  offset: string;
  /** What follows the name of the input record: the value that it had. */
  value: string;
  /** What became of the transaction that wrote it; `committed` also where none did. */
  state: "committed" | UncommittedRecord["transaction"];
}

/** Why it is not known which outputs there are. */
export type OutputDoubt =
  | "the output was not read to its end"
  | "transactions are open at the end"
  | "records of the output expired or were compacted"
  | "outputs are too long to be known by their input"
  | "another group writes the same";

/** What stands in output topics. */
export interface OutputBook {
  /** By input record, `orders-3@17`, its outputs in the order of topics, partitions and offsets. */
  bySource: ReadonlyMap<string, readonly OutputRecord[]>;
  /** Records of others: they name no input record. */
  foreign: number;
  /** Why there may be outputs that are not in `bySource`, or that are gone. */
  doubts: readonly OutputDoubt[];
  /** Whether the readback has the records of aborted and open transactions. */
  hasUncommitted: boolean;
}

/** Reads the last readbacks of output topics; records from before the run are left out. */
export function outputBook(history: History, topics: readonly string[]): OutputBook {
  const bySource = new Map<string, OutputRecord[]>();
  const doubts = new Set<OutputDoubt>();
  let foreign = 0;
  let hasUncommitted = true;
  for (const topic of topics) {
    const readback = history.findLast(
      (event): event is ReadbackEvent => event.kind === "readback" && event.topic === topic,
    );
    for (const doubt of doubtsOf(readback)) doubts.add(doubt);
    const leftOut = (readback?.partitions ?? []).reduce(
      (sum, { aborted = 0, open }) => sum + aborted + (open?.records ?? 0),
      0,
    );
    hasUncommitted &&= leftOut === (readback?.uncommitted ?? []).length;
    for (const record of inLogOrder(readback)) {
      if (record.foreign === true) continue;
      const [source, value] = sourceOf(record.value);
      if (source === undefined || value === undefined) {
        if (SHORTENED.test(record.value)) doubts.add("outputs are too long to be known by their input");
        else foreign++;
        continue;
      }
      const { partition, offset } = record;
      const state = "transaction" in record ? record.transaction : "committed";
      const known = bySource.get(source);
      const output: OutputRecord = { topic, partition, offset, value, state };
      if (known === undefined) bySource.set(source, [output]);
      else known.push(output);
    }
  }
  return { bySource, foreign, doubts: [...doubts], hasUncommitted };
}

/** What a history keeps of a long text: its beginning, and a sum (runtime/kept-text.ts). */
const SHORTENED = /… sha256:[0-9a-f]{16}$/;

/** Whether an output was made of a record with this value; of a long one the history has the beginning. */
export function isMadeOf({ value }: Pick<OutputRecord, "value">, input: string | null): boolean {
  if (value === input) return true;
  return input !== null && SHORTENED.test(value) && input.startsWith(value.replace(SHORTENED, ""));
}

/** The name of an input record: `orders-3@17`. */
export function sourceName(partitionName: string, offset: string): string {
  return `${partitionName}@${offset}`;
}

/** Reads the name of an input record; the last dash and the last `@` separate, topics may have dashes. */
export function readSource(source: string): { topic: string; partition: number; offset: string } | undefined {
  const [, topic, partition, offset] = /^(.+)-(\d+)@(\d+)$/.exec(source) ?? [];
  if (topic === undefined || partition === undefined || offset === undefined) return undefined;
  return { topic, partition: Number(partition), offset };
}

function sourceOf(text: string): [source: string, value: string] | [] {
  const space = text.indexOf(" ");
  if (space < 0 || readSource(text.slice(0, space)) === undefined) return [];
  return [text.slice(0, space), text.slice(space + 1)];
}

function inLogOrder(readback: ReadbackEvent | undefined): readonly (ReadRecord | UncommittedRecord)[] {
  const { records = [], uncommitted = [] } = readback ?? {};
  if (uncommitted.length === 0) return records;
  return [...records, ...uncommitted].sort(
    (a, b) => a.partition - b.partition || (BigInt(a.offset) < BigInt(b.offset) ? -1 : 1),
  );
}

function doubtsOf(readback: ReadbackEvent | undefined): OutputDoubt[] {
  const rows = readback?.partitions ?? [];
  const isWhole = rows.length > 0 && rows.every(({ complete }) => complete);
  return [
    ...(isWhole ? [] : ["the output was not read to its end" as const]),
    ...(rows.some(({ open }) => open !== undefined) ? ["transactions are open at the end" as const] : []),
    ...(rows.some(isThinned) ? ["records of the output expired or were compacted" as const] : []),
  ];
}

/** A log that was read from its beginning, which is not offset 0, has lost records to retention. */
function isThinned({ from, logStart, compacted = [] }: PartitionReadback): boolean {
  return compacted.length > 0 || (logStart === undefined && from !== "0");
}
