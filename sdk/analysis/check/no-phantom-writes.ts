// A send that the client reported as failed did not happen.
import type { History } from "../../model/history.ts";
import { doubtOf } from "./absence.ts";
import { type Unjudged, unjudgedSends, unjudgedWords } from "./unjudged.ts";
import { counted } from "./counted.ts";
import type { ExampleOptions, Finding, Scope, SentRecord } from "./finding.ts";
import { ledger, type Ledger } from "./ledger.ts";
import { sentRecord } from "./sends.ts";

/** What `honest` found. */
export type NoPhantomWrites = Finding<"noPhantomWrites", NoPhantomWritesFacts>;

export interface NoPhantomWritesFacts {
  failed: number;
  absent: number;
  /** Reported as failed, yet in the log: the client was wrong. */
  present: number;
  /** Not found, where that proves nothing. */
  undecided: number;
  /** Why, and where. */
  unjudged: readonly Unjudged[];
  /** Sends that failed but are present. */
  examples: readonly SentRecord[];
}

/**
 * Checks that no send with outcome `fail` is in the last readback of its topic.
 *
 * It is a checker of its own because it judges the client, not the cluster: a false `fail` makes an
 * application send again, and so makes a duplicate.
 */
export function noPhantomWrites(history: History, options: Scope & ExampleOptions = {}): NoPhantomWrites {
  return phantomWritesIn(ledger(history, options), options);
}

/** Checks honesty on a ledger that is already built. */
export function phantomWritesIn({ topics }: Ledger, { examples = 5 }: ExampleOptions = {}): NoPhantomWrites {
  const facts = { failed: 0, absent: 0, present: 0, undecided: 0 };
  const shown: SentRecord[] = [];
  const unjudged = unjudgedSends();
  for (const topic of topics) {
    topic.sends.forEach((send, s) => {
      if (send.outcome !== "fail") return;
      facts.failed++;
      if (topic.recordOf[s] !== -1) {
        facts.present++;
        const record = shown.length < examples ? sentRecord(topic, s) : null;
        if (record !== null) shown.push(record);
        return;
      }
      const doubt = doubtOf(topic, send);
      if (doubt === null) facts.absent++;
      else {
        facts.undecided++;
        unjudged.add(topic, send, doubt);
      }
    });
  }
  const verdict = facts.present > 0 ? false : facts.undecided > 0 ? "unknown" : true;
  return {
    checker: "noPhantomWrites",
    verdict,
    summary: summary({ ...facts, unjudged: unjudged.all() }),
    facts: { ...facts, unjudged: unjudged.all(), examples: shown },
  };
}

function summary({ failed, present, undecided, unjudged }: Omit<NoPhantomWritesFacts, "examples">): string {
  if (present > 0)
    return (
      `${counted(present)} of ${counted(failed, "failed send")} ${present === 1 ? "is" : "are"} in the ` +
      "log all the same: the client was wrong."
    );
  if (undecided > 0)
    return (
      `Cannot tell whether ${counted(undecided)} of ${counted(failed, "failed send")} stayed out of the ` +
      `log: ${unjudgedWords(unjudged)}.`
    );
  return failed === 0
    ? "No send was reported as failed."
    : `None of ${counted(failed, "failed send")} is in the log.`;
}
