// A retry whose first attempt had arrived after all appends the record twice; an idempotent producer must
// not.
import type { History } from "../../model/history.ts";
import { counted } from "./counted.ts";
import type { ExampleOptions, Finding, Scope, SentRecord } from "./finding.ts";
import { ledger, readWholly, type Ledger, type TopicLedger } from "./ledger.ts";
import { sentRecord } from "./sends.ts";
import type { Verdict } from "../../model/verdict.ts";

/** What `duplicates` found. */
export type Duplication = Finding<"duplicates", DuplicationFacts>;

export interface DuplicationFacts {
  /** Values that stand at more than one offset. */
  values: number;
  /** Records beyond one of each value. */
  copies: number;
  /** Those of them whose client is idempotent. */
  idempotentCopies: number;
  /** Copies by client; clients without any are left out. */
  clients: Readonly<Record<string, number>>;
  examples: readonly DuplicatedRecord[];
}

/** A send whose value stands at several places of the log. */
export interface DuplicatedRecord extends SentRecord {
  places: readonly { partition: number; offset: string }[];
}

/**
 * Counts values that stand at more than one offset.
 *
 * Duplicates are what retries may cost, so the verdict stays true unless a client with `idempotent: true` in
 * its settings has one. Where such a client's topic was not read to its end the verdict is unknown.
 */
export function duplicates(history: History, options: Scope & ExampleOptions = {}): Duplication {
  return duplication(ledger(history, options), options);
}

/** Counts duplicates on a ledger that is already built. */
export function duplication(book: Ledger, { examples = 5 }: ExampleOptions = {}): Duplication {
  const facts = { values: 0, copies: 0, idempotentCopies: 0, clients: {} as Record<string, number> };
  const shown: DuplicatedRecord[] = [];
  for (const topic of book.topics) {
    for (const [s, copies] of copiesOf(topic)) {
      const send = topic.sends[s];
      if (send === undefined) continue;
      facts.values++;
      facts.copies += copies.length;
      if (book.idempotent.has(send.client)) facts.idempotentCopies += copies.length;
      facts.clients[send.client] = (facts.clients[send.client] ?? 0) + copies.length;
      const record = shown.length < examples ? sentRecord(topic, s) : null;
      if (record !== null)
        shown.push({
          ...record,
          places: placesOf(
            topic,
            [topic.recordOf[s] ?? -1, ...copies].sort((a, b) => a - b),
          ),
        });
    }
  }
  return {
    checker: "duplicates",
    verdict: verdict(book, facts.idempotentCopies),
    summary: summary(facts),
    facts: { ...facts, examples: shown },
  };
}

function copiesOf({ sendOf, recordOf }: TopicLedger): Map<number, number[]> {
  const copies = new Map<number, number[]>();
  sendOf.forEach((s, r) => {
    if (s === -1 || recordOf[s] === r) return;
    const known = copies.get(s);
    if (known === undefined) copies.set(s, [r]);
    else known.push(r);
  });
  return copies;
}

function placesOf(
  { records }: TopicLedger,
  numbers: readonly number[],
): { partition: number; offset: string }[] {
  return numbers.flatMap((r) => records[r] ?? []).map(({ partition, offset }) => ({ partition, offset }));
}

function verdict({ topics, idempotent }: Ledger, idempotentCopies: number): Verdict {
  if (idempotentCopies > 0) return false;
  const unread = topics.filter((topic) => !readWholly(topic));
  return unread.some(({ sends }) => sends.some(({ client }) => idempotent.has(client))) ? "unknown" : true;
}

function summary({ values, copies, idempotentCopies }: Omit<DuplicationFacts, "examples">): string {
  if (copies === 0) return "No value was found at more than one offset.";
  const found = `${counted(copies, "duplicate")} of ${counted(values, "value")}`;
  return idempotentCopies > 0
    ? `${found}, ${counted(idempotentCopies)} of them from an idempotent client.`
    : `${found}, as retries without idempotence may cause.`;
}
