// What brokers log about leaders, replicas, the quorum and consumer groups, and the offset of their clocks.

import type { Broker, NodeId } from "./broker.ts";
import type { GroupLogFact } from "./group-log.ts";

/** What a line of a broker's log reports, for the lines that the lab parses. */
export type BrokerLogFact =
  /** The controller fenced a broker (`broker.session.timeout.ms` without a heartbeat). */
  | { what: "fenced"; nodeId: NodeId }
  /** The controller granted a controlled shutdown: the broker's leaders move now. */
  | { what: "controlledShutdownGranted"; nodeId: NodeId }
  /** A broker's registration changed. */
  | { what: "registration"; nodeId: NodeId; state: "fenced" | "unfenced" | "in controlled shutdown" }
  /** A voter became candidate after `controller.quorum.fetch.timeout.ms` without the controller. */
  | { what: "becameCandidate"; nodeId: NodeId }
  /** A voter's view of the metadata quorum's leader; null: none. */
  | { what: "quorumLeader"; nodeId: NodeId | null; epoch: number }
  /** A controller became active. */
  | { what: "controllerActive"; nodeId: NodeId; epoch: number }
  /** The metadata quorum's leader resigned, because no majority fetched from it. */
  | { what: "resigned"; nodeId: NodeId }
  /**
   * The controller elected a replica that was not in sync: what only others have is lost
   * (`unclean.leader.election.enable`, or by request).
   */
  | {
      what: "uncleanElection";
      nodeId: NodeId;
      topic: string;
      partition: number;
      leaderNodeId: NodeId;
      leaderEpoch: number;
      isr: readonly NodeId[];
    }
  /**
   * A follower threw away what its leader does not have, from `offset` on; after an unclean election these
   * may be records that were acknowledged.
   */
  | {
      what: "truncated";
      nodeId: NodeId;
      topic: string;
      partition: number;
      leaderNodeId: NodeId;
      offset: string;
    }
  /** A broker became leader or follower of a partition. */
  | {
      what: "becameLeader";
      nodeId: NodeId;
      topic: string;
      partition: number;
      leaderEpoch: number;
      offset: string;
      isr: readonly NodeId[];
    }
  | {
      what: "becameFollower";
      nodeId: NodeId;
      leaderNodeId: NodeId;
      topic: string;
      partition: number;
      leaderEpoch: number;
    }
  /** The leader requested a smaller ISR, or learned of a new one, also by a decision of the controller. */
  | {
      what: "isrShrinks";
      nodeId: NodeId;
      topic: string;
      partition: number;
      from: readonly NodeId[];
      to: readonly NodeId[];
    }
  | { what: "isr"; nodeId: NodeId; topic: string; partition: number; isr: readonly NodeId[] }
  /** A broker began to shut down, and later exited. */
  | { what: "shuttingDown"; nodeId: NodeId }
  | { what: "shutDown"; nodeId: NodeId }
  | { what: "started"; nodeId: NodeId }
  /** A log directory failed: the broker serves nothing from it any more. */
  | { what: "logDirFailed"; nodeId: NodeId; logDir: string }
  /** A broker ends itself at once (`Runtime.halt`), since none of its log directories works. */
  | { what: "halts"; reason: string }
  /** What the coordinators of consumer groups did. */
  | GroupLogFact;

/** A line in a broker's log that tells of leaders, replicas, the quorum or consumer groups. */
export interface BrokerLogEvent {
  kind: "broker log";
  /** By the line's own time stamp (whole milliseconds), moved to the run's clock; see `ClockEvent`. */
  atMs: number;
  service: string;
  /** Null for a node that is only a controller. */
  broker: Broker | null;
  nodeId: NodeId;
  level: string;
  /** The class that logged it. */
  logger: string;
  text: string;
  fact: BrokerLogFact;
}

/** How a node's clock stands to the run's: what has been added to its time stamps. */
export interface ClockEvent {
  kind: "clock";
  atMs: number;
  service: string;
  offsetMs: number;
  /** How wrong that may be, either way. */
  withinMs: number;
}
