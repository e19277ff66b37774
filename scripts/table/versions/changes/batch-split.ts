// KAFKA-8350: a batch that is larger than its topic takes, of records that each would be taken.
//
//   batch of ten ─▶ MESSAGE_TOO_LARGE ─┬─ before: split at batch.size, which is larger: the same batch
//                          ▲           │          again, until delivery.timeout.ms
//                          └───────────┴─ since:  halved each time, until its parts are taken

import { LabError } from "@kafka-failure-lab/sdk";
import type { Change, Seen } from "../row.ts";
import { startClient, type VersionClient } from "../client.ts";

const NEVER = "its records are given up, none of them is written";
const HALVED = "it is split until its parts are small enough, and written";

const TOPIC = "small";
/** A batch has 61 bytes of header, and each of these records about 15. */
const LARGEST_BYTES = 100;
const SPLIT = /splitting and retrying/;
const EXPIRED = /^failed TimeoutException: Expiring (\d+) record/;
const ACKED = /^acked /;

export const BATCH_SPLIT: Change<typeof NEVER | typeof HALVED> = {
  id: "batch-split",
  name: "KAFKA-8350",
  since: ["4.2.0"],
  question: "a batch of several records is larger than max.message.bytes, each record alone is not",
  before: NEVER,
  after: HALVED,
  source:
    "RecordAccumulator.splitAndReenqueue: before 4.2 always split at batch.size, which leaves a smaller " +
    "batch as it is; since then a batch that was split before is halved",
  lab: { compose: ["one-broker"] },
  async measure(lab, { kafka }) {
    await lab.cluster.createTopic(TOPIC, {
      partitions: 1,
      replicationFactor: 1,
      config: { "max.message.bytes": String(LARGEST_BYTES) },
    });
    await using client = await startClient({
      mode: "send",
      version: kafka,
      bootstrap: lab.bootstrap,
      topic: TOPIC,
      properties: {
        "linger.ms": "500", // ten records a batch
        "request.timeout.ms": "2000",
        "delivery.timeout.ms": "5000",
      },
    });
    await client.until(SPLIT);
    await client.until(new RegExp(`${EXPIRED.source}|${ACKED.source}`), { times: 20 });
    return outcomeOf(client);
  },
};

/** Decides by what became of the records. @throws LabError NOT_READY where they say both or neither */
export function outcomeOf({
  lines,
  count,
}: Pick<VersionClient, "lines" | "count">): Seen<typeof NEVER | typeof HALVED> {
  const [acked, expired, splits] = [count(ACKED), count(EXPIRED), count(SPLIT)];
  if (splits === 0 || (acked > 0 && expired > 0) || acked + expired === 0)
    throw new LabError(
      "NOT_READY",
      `Cannot say what became of large batches: ${acked} records were written, ${expired} given up`,
      { hint: "A batch of one record needs no split: on a busy machine the next record may come too late." },
    );
  const given = lines.flatMap(({ text }) => EXPIRED.exec(text)?.[0].replace("failed ", "") ?? [])[0];
  return {
    outcome: acked > 0 ? HALVED : NEVER,
    evidence:
      `${acked} records written, ${expired} given up; ${splits} splits` +
      (given === undefined ? "" : `: "${given}"`),
  };
}
