// Rows of what is more than one broker that fails: rolling restarts, elections and settings that somebody
// asks for, disks, and all brokers at once.

import type { FaultSpec } from "@kafka-failure-lab/sdk";
import { FOUR, type Given, JAVA, kill, MIN_3, pause, QUICK, RF_1, RF_2, stop } from "./given.ts";
import type { Before, RowClient } from "./row.ts";
import { DISKS } from "./rows-disks.ts";

/** Its sends expire before another broker leads. */
const EXPIRED: RowClient = { ...QUICK, deliveryTimeout: "700ms" };
const preferred = { kind: "elect", election: "preferred" } as const;
const unclean = { kind: "elect", election: "unclean" } as const;
const roll = { kind: "roll" } as const;
const minIsr = (value: string): FaultSpec => ({
  kind: "reconfigure",
  settings: { "min.insync.replicas": value },
});
const ONE_LEFT: readonly Before[] = [{ fault: stop, whom: "follower", until: "shrunk" }];
/** The leader is back, and no leader any more: brokers are restarted, leaders stay where they are. */
const RESTARTED: readonly Before[] = [{ fault: roll, whom: "leader" }];
/** The last replica in sync is gone, and one that is not in sync is back. */
const LEADERLESS: readonly Before[] = [
  { fault: stop, whom: "follower", until: "shrunk" },
  { fault: kill, whom: "leader" },
  { heal: "first", until: "leaderless" },
];
const POWER_CUT = (whom: "all" | "leader"): readonly Before[] => [{ fault: { kind: "forget-disk" }, whom }];

/** See above. */
export const CHANGES: readonly Given[] = [
  { id: "roll", does: roll, to: ["all", "any"] },
  { id: "roll-kill", does: { ...roll, how: "kill" }, to: ["all", "any"] },
  { id: "roll-alive", does: { ...roll, wait: "alive" }, to: ["all", "any"] },
  { id: "roll-alive-kill", does: { ...roll, wait: "alive", how: "kill" }, to: ["all", "any"] },
  { id: "roll-none", does: { ...roll, wait: "none" }, to: ["all", "any"] },
  { id: "roll-none-kill", does: { ...roll, wait: "none", how: "kill" }, to: ["all", "any"] },
  { id: "roll-acks-1", does: roll, to: ["all", "any"], client: { ...QUICK, acks: 1 } },
  { id: "roll-acks-0", does: roll, to: ["all", "any"], client: { ...QUICK, acks: 0 } },
  { id: "roll-min-3", does: roll, to: ["all", "any"], topic: MIN_3 },
  { id: "roll-rf-1", does: roll, to: ["all", "any"], topic: RF_1 },
  { id: "roll-java", does: roll, to: ["all", "any"], client: JAVA },
  { id: "roll-4", ...FOUR, does: roll, to: ["all", "any"] },
  { id: "roll-kill-4", ...FOUR, does: { ...roll, how: "kill" }, to: ["all", "any"] },

  { id: "elect-preferred", does: preferred, to: ["topic", "any"], before: RESTARTED },
  {
    id: "elect-preferred-acks-1",
    does: preferred,
    to: ["topic", "any"],
    before: RESTARTED,
    client: { ...QUICK, acks: 1 },
  },
  { id: "elect-preferred-java", does: preferred, to: ["topic", "any"], before: RESTARTED, client: JAVA },
  { id: "elect-preferred-not-needed", does: preferred, to: ["topic", "any"] },
  { id: "elect-unclean", does: unclean, to: ["topic", "any"], before: LEADERLESS, topic: RF_2 },
  {
    id: "elect-unclean-acks-1",
    does: unclean,
    to: ["topic", "any"],
    before: LEADERLESS,
    topic: RF_2,
    client: { ...QUICK, acks: 1 },
  },
  { id: "elect-unclean-4", ...FOUR, does: unclean, to: ["topic", "any"], before: LEADERLESS, topic: RF_2 },
  {
    id: "unclean-enabled-in-mid-outage",
    does: { kind: "reconfigure", settings: { "unclean.leader.election.enable": "true" }, lasts: "10s" },
    to: ["topic", "any"],
    before: LEADERLESS,
    topic: RF_2,
  },
  { id: "min-isr-raised", does: minIsr("3"), to: ["topic", "any"], before: ONE_LEFT },
  {
    id: "min-isr-raised-acks-1",
    does: minIsr("3"),
    to: ["topic", "any"],
    before: ONE_LEFT,
    client: { ...QUICK, acks: 1 },
  },
  { id: "min-isr-raised-full-isr", does: minIsr("4"), to: ["topic", "any"] },
  { id: "min-isr-lowered", does: minIsr("2"), to: ["topic", "any"], before: ONE_LEFT, topic: MIN_3 },
  {
    id: "min-isr-lowered-java",
    does: minIsr("2"),
    to: ["topic", "any"],
    before: ONE_LEFT,
    topic: MIN_3,
    client: JAVA,
  },
  { id: "min-isr-raised-4", ...FOUR, does: minIsr("3"), to: ["topic", "any"], before: ONE_LEFT },

  ...DISKS,
  { id: "kill-all", does: kill, to: ["all", "any"] },
  { id: "kill-all-acks-1", does: kill, to: ["all", "any"], client: { ...QUICK, acks: 1 } },
  { id: "power-cut-all", does: kill, to: ["all", "any"], before: POWER_CUT("all") },
  { id: "power-cut-all-4", ...FOUR, does: kill, to: ["all", "any"], before: POWER_CUT("all") },
  { id: "power-cut-leader", does: kill, to: ["leader", "spared"], before: POWER_CUT("leader") },
  { id: "kill-controller-bystander", does: kill, to: ["bystander", "hit"], topic: RF_2 },
  { id: "pause-controller-bystander", does: pause, to: ["bystander", "hit"], topic: RF_2 },
  { id: "kill-leader-expired", does: kill, to: ["leader", "spared"], client: EXPIRED },
  {
    id: "kill-leader-expired-java",
    does: kill,
    to: ["leader", "spared"],
    client: { client: "java", ...EXPIRED, requestTimeout: "500ms" },
  },
];
