// How a broker's process ended, in one line.

import type { Exit } from "./engine.ts";

/**
 * What a broker's log says of the controller: that it had moved the broker's leaderships away, that it had
 * not, or nothing of its end at all.
 */
export type ControlledShutdown = boolean | "unknown";

/** Names an exit code as a shell and docker report it. */
export function exitOf(code: number, controlledShutdownIn: ControlledShutdown): Exit {
  const clean = code === 143 ? controlledShutdownIn : false;
  return { code, clean, text: `exit ${code}, ${howOf(code, controlledShutdownIn)}` };
}

function howOf(code: number, controlled: ControlledShutdown): string {
  if (code === 137) return "killed";
  return code === 143 ? ON_SIGTERM[String(controlled) as "true"] : "ended by itself";
}

const ON_SIGTERM = {
  true: "controlled shutdown",
  false: "ended on SIGTERM, controlled shutdown not granted",
  unknown: "ended on SIGTERM, its log does not show whether controlled shutdown was granted",
} as const;

/**
 * Reads it from the log of one run (BrokerServer.scala, BrokerLifecycleManager.scala). Kafka 4's own
 * log4j2.yaml leaves log4j's shutdown hook on, which loses lines after SIGTERM: where the last one is
 * missing, nothing follows from what else is.
 */
export function letGo(log: string): ControlledShutdown {
  if (log.includes("The controller has asked us to exit controlled shutdown")) return true;
  return log.includes("Transition from SHUTTING_DOWN to SHUTDOWN") ? false : "unknown";
}
