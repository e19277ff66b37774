// Every member of the interfaces of a consumer group, as tables that the compiler checks.

import type { Group } from "../lab/groups/group.ts";
import type { Member as GroupMember } from "../lab/groups/member.ts";
import type { Surface } from "./members.ts";

export const GROUP: Surface<Group> = {
  name: "fact",
  topic: "fact",
  settings: "fact",
  size: "reading",
  member: "member",
  add: "promise of a member",
  settled: "promise",
  processed: "promise",
  lag: "promise",
  commit: "promise",
  roll: "promise of a fault",
  describe: "promise",
  close: "promise once",
};

export const GROUP_MEMBER: Surface<GroupMember> = {
  name: "fact",
  number: "fact",
  state: "reading",
  pid: "reading",
  partitions: "reading",
  stop: "promise of a member's fault",
  kill: "promise of a member's fault",
  pause: "promise of a member's fault",
  slow: "promise of a member's fault",
  start: "promise",
};
