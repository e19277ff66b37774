// KIP-890: what tells a transaction of a producer from its next one.

import type { Change } from "../row.ts";
import { startClient } from "../client.ts";

const SAME = "all have the producer's epoch";
const OWN = "each has an epoch of its own";

export const TRANSACTIONS: Change<typeof SAME | typeof OWN> = {
  id: "transaction-epochs",
  name: "KIP-890",
  since: ["4.0.0"],
  question: "a producer commits three transactions: can a late record be told from one of the next",
  before: SAME,
  after: OWN,
  source:
    "TransactionMetadata.prepareAbortOrCommit: with transaction.version 2, of new clusters from 4.0, the " +
    "end of a transaction raises the producer's epoch, and what comes with an older one is refused",
  async measure(lab, { kafka }) {
    const topic = "paid";
    await lab.cluster.createTopic(topic, { partitions: 1 });
    await using client = await startClient({
      mode: "transact",
      version: kafka,
      bootstrap: lab.bootstrap,
      topic,
      properties: { "transactional.id": "payments" },
    });
    await client.until(/^done$/);
    const epochs = client.lines.flatMap(({ text }) => /^epoch (\d+)$/.exec(text)?.[1] ?? []);
    return {
      outcome: new Set(epochs).size === epochs.length ? OWN : SAME,
      evidence: `producer epochs ${epochs.join(", ")}, as the partition's leader saw them`,
    };
  },
};
