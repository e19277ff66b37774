// The changes that are measured.

import { BATCH_SPLIT } from "./changes/batch-split.ts";
import { CLUSTER_CHECK } from "./changes/cluster-check.ts";
import { CONSUMER_PROTOCOL } from "./changes/consumer-protocol.ts";
import { CORDONED } from "./changes/cordoned-log-dirs.ts";
import { ELIGIBLE } from "./changes/eligible-leader-replicas.ts";
import { HEARTBEAT } from "./changes/heartbeat-timeout.ts";
import { HIGH_WATERMARK } from "./changes/metadata-high-watermark.ts";
import { PRE_VOTE } from "./changes/pre-vote.ts";
import { REBOOTSTRAP } from "./changes/rebootstrap.ts";
import { SHARE_GROUPS } from "./changes/share-groups.ts";
import { TRANSACTIONS } from "./changes/transaction-epochs.ts";
import type { Change } from "./row.ts";

/** In the order in which they are measured. */
export const CHANGES: readonly Change[] = [
  ELIGIBLE,
  PRE_VOTE,
  HEARTBEAT,
  HIGH_WATERMARK,
  REBOOTSTRAP,
  CLUSTER_CHECK,
  CONSUMER_PROTOCOL,
  SHARE_GROUPS,
  TRANSACTIONS,
  CORDONED,
  BATCH_SPLIT,
];
