// The expectation for each cell, derived from Kafka's sources; the matrix tests it.
//
//   new leader    a member of the ISR: there is one if the topic has a second replica whose broker reaches
//                 the leader
//   election      by the controller, which needs a majority of the voters when the leader moves
//   discovery     by a client that knows a broker that still runs

import type { Fix } from "@kafka-failure-lab/sdk/scenario";
import type { Cell } from "./cell.ts";

/** The derived outcome of one cell. */
export interface Expected {
  /** Whether a client that knew the cluster is served again while the fault lasts. */
  warm: boolean;
  /** The same for a client that starts after the fault. */
  cold: boolean;
  /** Whom the metadata names as leader at the end: another broker, nobody, or still the one that is gone. */
  leader: "moves" | "none" | "stays";
  /** Whether there is an active controller at the end. */
  controller: boolean;
  /** What decides it, for a person. */
  why: string;
}

/**
 * Derives a cell's outcome from its fixes and its fault. Nothing acknowledged is lost in any cell: no broker
 * leads that was not in the ISR.
 *
 * Files are Kafka 3.9's.
 */
export function expected({ fixes, how }: Cell): Expected {
  const fixed = (fix: Fix): boolean => fixes.includes(fix);
  // A follower dials the address that the leader advertises for the inter-broker listener
  // (ReplicaManager.scala). Where that is localhost it reaches itself, never fetches, and leaves the ISR
  // after replica.lag.time.max.ms; without unclean election only the ISR may lead.
  const hasNewLeader = fixed("replication") && fixed("listeners");
  // SIGTERM ends the broker before the controller of the same process (KafkaRaftServer.shutdown): its
  // controlled shutdown moves the leaders while two of two voters are still there. After SIGKILL somebody has
  // to fence it, which takes a majority without it (LeaderState.java).
  const isDecided = how === "stop" || fixed("quorum");
  const warm = hasNewLeader && isDecided;
  return {
    warm,
    // MetadataUpdater and kafkajs alike: the bootstrap list is all that a client knows before its first
    // answer
    cold: warm && fixed("bootstrap"),
    leader: warm ? "moves" : isDecided ? "none" : "stays",
    controller: fixed("quorum"),
    why: why(fixed, how),
  };
}

function why(fixed: (fix: Fix) => boolean, how: Cell["how"]): string {
  if (!fixed("replication")) return "the only replica went with its broker";
  if (!fixed("listeners")) return "the other replica never reached the leader, so it is not in the ISR";
  if (how === "kill" && !fixed("quorum")) return "one of two voters is no majority, so nobody can elect";
  const by =
    how === "kill"
      ? "the controller fences the dead broker and elects"
      : "the leader moves in the controlled shutdown, while the quorum is whole";
  return fixed("bootstrap") ? by : `${by}; a cold client's only bootstrap server is gone`;
}
