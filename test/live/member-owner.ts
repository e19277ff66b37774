// A program for member-faults.local.test.ts: attaches to a cluster (`BOOTSTRAP TOPIC`), has members of groups
// in each state, says so (`at members`), and is killed then.
//
//   frozen, rebalancing, joining    one group: a member is frozen, and the join of a third waits for it
//   settled, committing, leaving    a group each, whose members commit all the time, or are stopped
//   starting                        a group whose processes have just been started
//   java                            a frozen member of Kafka's own client

import process from "node:process";
import { attachLab, type Group, type MemberChange } from "@kafka-failure-lab/sdk";
import { until } from "./outside.ts";

const [bootstrap = "", topic = ""] = process.argv.slice(3);
const lab = await attachLab({ bootstrap: bootstrap.split(","), topic: { name: topic }, onProgress: false });
const settings = { sessionTimeout: "20s", heartbeatInterval: 500, rebalanceTimeout: "30s" } as const;
const changes = (group: string, number: number): MemberChange[] =>
  lab.run.history.flatMap((event) =>
    event.kind === "member" && event.member === `${group}.${number}` ? [event.change] : [],
  );
const hasNoPlaceYet = (group: string, number: number): boolean => {
  const all = changes(group, number);
  return all.includes("started") && !all.slice(all.lastIndexOf("rebalancing") + 1).includes("joined");
};
const started = (name: string, members: number, more: object = {}): Promise<Group> =>
  lab.group(name, { members, settings, ...more });

const [settled, committing, leaving, broken, java] = await Promise.all([
  started("state-settled", 1),
  started("state-committing", 1, { commit: "application" }),
  started("state-leaving", 1),
  started("state-broken", 2),
  started("state-java", 1, { client: "java", commit: "after" }),
]);
for (const group of [settled, leaving, broken, java]) await group.settled();
await committing.processed(1);
await java.member(1).pause();
await broken.member(1).pause();
await broken.add();
await until("the second member joins again, the third for the first time", () =>
  [2, 3].every((number) => hasNoPlaceYet("state-broken", number)),
);
const commits = (async () => {
  for (;;) await committing.commit();
})();
commits.catch(() => {});
await started("state-starting", 2);
const ending = leaving.member(1).stop();
ending.catch(() => {});
const isReady = [2, 3].every((number) => hasNoPlaceYet("state-broken", number));
console.log(isReady ? "at members" : `not so: ${changes("state-broken", 2)}; ${changes("state-broken", 3)}`);
