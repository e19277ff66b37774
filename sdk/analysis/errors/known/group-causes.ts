// Why a member leaves its group.

import type { KafkaErrorCause } from "../entry.ts";
import { DIAGNOSE_CLIENT } from "./checks.ts";

export const SLOW_POLL: KafkaErrorCause = {
  because: "The consumer processed for longer than max.poll.interval.ms and was removed from the group.",
  settings: ["max.poll.interval.ms", "max.poll.records"],
  rules: ["poll-loop-too-slow", "poll-interval-short"],
  check: "npm run diagnose -- application.yml --record-time 200ms",
};
export const NO_HEARTBEAT: KafkaErrorCause = {
  because: "No heartbeat arrived within the session timeout: a long pause of the program, or of the network.",
  settings: ["session.timeout.ms", "heartbeat.interval.ms"],
  faults: ["pause", "delay", "isolate"],
  rules: ["heartbeat-over-third"],
  check: DIAGNOSE_CLIENT,
};
