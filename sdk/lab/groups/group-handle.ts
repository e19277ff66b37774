// What a group's caller gets.

import { faults } from "../../faults/mod.ts";
import type { Group } from "./group.ts";
import { memberHandle } from "./member-handle.ts";
import type { OpenGroup } from "./open-group.ts";

/** The handle of a group. */
export function groupHandle(group: OpenGroup): Group {
  const { name, settings, assertOpen, through } = group.parts;
  return {
    name,
    topic: settings.topic,
    settings,
    get size() {
      return group.members.length;
    },
    member: (which) => memberHandle(which === "leader" ? group.leader() : group.member(which), through),
    add: async () => memberHandle(await group.add(), through),
    settled: (options) => group.settled(options),
    processed: (count, options) => group.processed(count, options),
    lag: (options) => group.lag(options),
    commit: () => group.commit(),
    async roll({ timeout, signal } = {}) {
      assertOpen();
      const spec = faults.roll({ group: name }, timeout === undefined ? {} : { timeout });
      return await through.inject(spec, signal && { signal });
    },
    async describe() {
      assertOpen();
      return await group.describe();
    },
    close: () => group.close(),
  };
}
