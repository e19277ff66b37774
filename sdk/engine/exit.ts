// How a broker's process ended, in one line.

import type { Exit } from "./engine.ts";

/** Names an exit code as a shell and docker report it; `wasLetGo` says that the controller had moved the broker's leaderships away. */
export function exitOf(code: number, wasLetGo: boolean): Exit {
  const clean = code === 143 && wasLetGo;
  const how = code === 137 ? "killed" : code === 143 ? (clean ? "controlled shutdown" : "ended on SIGTERM, the controller had not let it go") : "ended by itself";
  return { code, clean, text: `exit ${code}, ${how}` };
}

/** BrokerLifecycleManager.scala says this when the controller has moved the broker's leaderships away. */
export function wasLetGo(log: string): boolean {
  return log.includes("The controller has asked us to exit controlled shutdown");
}
