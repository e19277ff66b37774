#!/usr/bin/env -S NODE_OPTIONS=--import=tsx npx zx
// The script and the notebook: `npx tsx scripts/17-power-cut.ts --help`

// %% [markdown]
// # Every broker at one instant
//
// **Claim:** if all brokers are killed at one instant, no acknowledged record is lost. If all lose their power, records are lost that `acks=all` has acknowledged, unless the topic forces each record to the disk.
//
// Kafka acknowledges a record when the brokers' processes have written it, not when it is on a disk. What is written lies in the system's page cache, which outlives the process and not the machine. Replication covers the loss of one machine, or of one rack; it does not cover the power of all.

// %% [markdown] {"lang":"ko"}
// # 모든 브로커가 한순간에
//
// **주장:** 모든 브로커를 한순간에 kill해도 ack를 받은 레코드는 사라지지 않습니다. 모든 브로커의 전원이 한꺼번에 꺼지면 `acks=all`로 ack를 받은 레코드도 사라집니다. 토픽이 레코드마다 디스크에 강제로 기록(fsync)하면 사라지지 않습니다.
//
// Kafka는 레코드가 디스크에 있을 때가 아니라 브로커 프로세스가 쓴 뒤에 ack를 보냅니다. 쓴 것은 운영체제의 page cache에 있고, page cache는 프로세스가 죽어도 남지만 컴퓨터가 꺼지면 사라집니다. replication은 컴퓨터 한 대나 랙 하나를 잃는 경우를 위한 것이며, 전체의 전원이 꺼지는 경우를 막지 못합니다.

// %% start
import { noLostWrites, startLab, tableOf } from "@kafka-failure-lab/sdk";
import { about, finish, output, ownArguments, scenarioOptions } from "@kafka-failure-lab/sdk/scenario";
import { besideOf, besideTable, memberSettings } from "@kafka-failure-lab/scripts/consumers";

const options = scenarioOptions(
  {
    scenario: "17-power-cut",
    about: "kills all brokers at one instant, then cuts their power",
    how: "kill",
    window: false,
  },
  ownArguments("--timers fast"),
);
const { print, show } = output(options);
const lab = await startLab(options.lab);
const { cluster, disk, run } = lab;
await show(about(lab));

// %% [markdown]
// ## Two topics
//
// Both have three replicas, and their producers wait for all of them. `defaults` leaves the disk to the system, as Kafka does by default (`flush.messages` is 2^63-1); `forced` has `flush.messages` 1: every replica forces each record before it counts as written. A group reads each of them.

// %% [markdown] {"lang":"ko"}
// ## 토픽 둘
//
// 둘 다 replica가 셋이고, 프로듀서는 셋 모두를 기다립니다. `defaults`는 Kafka의 기본값대로 디스크를 운영체제에 맡깁니다(`flush.messages`는 2^63-1). `forced`는 `flush.messages`가 1이라, 모든 replica가 레코드마다 디스크에 강제로 기록한 뒤에야 쓴 것으로 칩니다. 토픽마다 그룹 하나가 읽습니다.

// %% topics
lab.step("normal");
await cluster.createTopic("defaults");
await cluster.createTopic("forced", { config: { "flush.messages": "1" } });
const probes = ["defaults", "forced"].map((topic) =>
  lab.probe({ name: topic, topic: topic, requestTimeout: "5s" }),
);
const loads = probes.map((probe) => probe.start({ perSecond: 50 }));
const acknowledged = async (count: number) =>
  await Promise.all(loads.map((load) => load.acknowledged(count, { timeout: "2m" })));
await acknowledged(50);
const groups = await Promise.all(
  probes.map(({ topic }) =>
    lab.group(`reads-${topic}`, {
      topic: topic,
      members: 1,
      commit: "after",
      settings: memberSettings(options.timers),
    }),
  ),
);
const processed = async (count: number) =>
  await Promise.all(groups.map((group) => group.processed(count, { timeout: "2m" })));
await processed(50);
const brokers = (await cluster.describe()).brokers.map(({ broker }) => broker);
print(`brokers ${brokers.join(", ")} serve ${probes.length} producers`);

// %% [markdown]
// ## All are killed
//
// One fault, all brokers: SIGKILL, so that none of them writes or forces anything more.

// %% [markdown] {"lang":"ko"}
// ## 모두 kill한다
//
// 장애 하나가 모든 브로커에 동시에 일어납니다. SIGKILL이므로 어느 브로커도 더는 쓰거나 디스크에 강제로 기록하지 못합니다.

// %% killed
lab.step("all are killed");
for (const probe of probes) {
  const { sentence } = await lab.predict("kill", brokers, { client: probe });
  print(`predicted for ${probe.name}: ${sentence}`);
}
const killed = await cluster.kill(brokers);
await killed.heal();
await cluster.waitFor("full isr", { timeout: "2m" });
await acknowledged(50);
await processed(50);
print(`brokers ${killed.targets.join(", ")} were killed (${killed.via}); both producers are served again`);

// %% [markdown]
// ## The power of all is cut
//
// `lab.disk.forget` notes from now on what each broker forces. When one is killed, the rest is cut off from its files before it is started again. That is the worst case: a system writes back by itself what is older than some seconds, 30 by default on Linux.

// %% [markdown] {"lang":"ko"}
// ## 모두의 전원이 꺼진다
//
// `lab.disk.forget`은 지금부터 각 브로커가 디스크에 강제로 기록하는 것을 적어 둡니다. 브로커가 kill되면 다시 시작하기 전에 나머지를 파일에서 잘라냅니다. 이것은 최악의 경우입니다. 운영체제는 어느 정도(Linux 기본값 30초) 지난 것은 스스로 디스크에 씁니다.

// %% cut
lab.step("power cut");
const cutMs = run.now();
const forgetful = await disk.forget(brokers);
await acknowledged(50);
for (const probe of probes) {
  const { sentence } = await lab.predict("kill", brokers, { client: probe });
  print(`predicted for ${probe.name}: ${sentence}`);
}
const cut = await cluster.kill(brokers);
await cut.heal();
await cluster.waitFor("full isr", { timeout: "2m" });
await acknowledged(50);
await processed(50);
await forgetful.heal();
print("the power is back; both producers are served again");
for (const load of loads) await load.stop();
for (const group of groups) await group.lag({ atMost: 0, timeout: "2m" });

// %% [markdown]
// ## Result

// %% [markdown] {"lang":"ko"}
// ## 결과

// %% verdict
const claim =
  "when all brokers are killed at one instant nothing acknowledged is lost; when all lose their power, " +
  "acknowledged records are lost unless the topic forces each of them to the disk";
const lostOf = (client: string) => {
  const { facts } = noLostWrites(run.history, { client: client, examples: 1_000_000 });
  const before = facts.lost === 0 ? 0 : facts.examples.filter(({ atMs }) => atMs < cutMs).length;
  return { client: client, acknowledged: facts.acknowledged, killed: before, cut: facts.lost - before };
};
const { verdict, exitCode, dir } = await lab.conclude({
  claim,
  checks: ["noPhantomWrites"],
  holds: () => {
    const [defaults, forced] = [lostOf("defaults"), lostOf("forced")];
    return defaults.killed === 0 && forced.killed === 0 && forced.cut === 0 && defaults.cut > 0;
  },
  print: !options.json,
});
const losses = probes.map(({ name }) => lostOf(name));
await show(
  tableOf(
    [
      ["topic", "acknowledged", "lost by the kill", "lost by the power cut"],
      ...losses.map((one) => [one.client, String(one.acknowledged), String(one.killed), String(one.cut)]),
    ],
    { align: ["left", "right", "right", "right"] },
  ),
);
const readers = groups.map(({ name }) => besideOf(run.history, name));
for (const one of readers) await show(besideTable(one));
finish(options, {
  ...{ scenario: options.scenario, claim, verdict, exitCode, run: dir },
  figures: Object.fromEntries(
    losses.flatMap((one) => [
      [`${one.client}: lost by the kill`, { value: one.killed }],
      [`${one.client}: the power cut loses records`, { value: one.cut > 0 }],
    ]),
  ),
  ...{ losses, readers, timers: options.timers, kafka: lab.engine.kafka, engine: lab.engine.kind },
});

// %% [markdown]
// **Measured:** the kill costs a restart and no record: what the brokers had written was in the page cache, and the new processes read it from there. The power cut takes it from all three replicas at once, and `acks=all` does not help: it counts brokers, not disks. With `flush.messages` 1 the records were on three disks before they were acknowledged, and all are there.
//
// That has its price: an fsync for each record on each replica. What most people do instead is to keep the replicas where their power does not fail together: other racks, other zones. Kafka's metadata needs neither: KRaft forces its log before it answers.
//
// Committed offsets are records, too, of `__consumer_offsets`, which is not forced: the power cut takes the latest commits. Each group goes back to an older one and processes again what lies behind it, also of the topic that lost nothing.

// %% [markdown] {"lang":"ko"}
// **측정:** kill에는 재시작만큼의 시간이 들 뿐 레코드는 사라지지 않습니다. 브로커가 쓴 것은 page cache에 있었고 새 프로세스가 거기서 읽습니다. 전원이 꺼지면 replica 셋에서 한꺼번에 사라지며 `acks=all`은 도움이 되지 않습니다. `acks=all`이 세는 것은 브로커이지 디스크가 아닙니다. `flush.messages`가 1이면 ack를 보내기 전에 레코드가 디스크 셋에 있었으므로 모두 남아 있습니다.
//
// 대가는 있습니다. replica마다 레코드 하나에 fsync 한 번입니다. 대부분은 그 대신 전원이 함께 꺼지지 않는 다른 랙, 다른 존에 replica를 둡니다. Kafka의 메타데이터에는 둘 다 필요 없습니다. KRaft는 응답하기 전에 로그를 디스크에 강제로 기록합니다.
//
// commit된 오프셋도 `__consumer_offsets`의 레코드이며 강제로 기록되지 않습니다. 전원이 꺼지면 최근의 commit도 사라집니다. 두 그룹은 더 오래된 오프셋으로 돌아가 그 뒤를 다시 처리합니다. 아무것도 잃지 않은 토픽에서도 그렇습니다.
