// The timers of the groups in a scenario.

import type { MemberSettings } from "@kafka-failure-lab/sdk";

/**
 * The client's own timers, or with fast timers the shortest session that brokers take
 * (`group.min.session.timeout.ms`, 6 s).
 */
export function memberSettings(timers: "default" | "fast"): MemberSettings {
  return timers === "fast" ? { sessionTimeout: "6s", heartbeatInterval: "500ms" } : {};
}

/** Whether what is waited for comes, or the wait ends in an error. */
export async function comes(waited: Promise<unknown>): Promise<boolean> {
  return await waited.then(
    () => true,
    () => false,
  );
}
