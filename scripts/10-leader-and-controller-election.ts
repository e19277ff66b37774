#!/usr/bin/env -S NODE_OPTIONS=--import=tsx npx zx
// The script and the notebook: `npx tsx scripts/10-leader-and-controller-election.ts --help`

// %% [markdown]
// # Two elections: leader and controller
//
// **Claim:** when a partition's leader goes, its clients wait for another one; when the active controller goes and has no replica of the partition, they do not notice: sends are acknowledged while there is no controller. What needs the controller waits, such as the creation of a topic. A leader that was restarted leads again only after an election of the preferred leader.
//
// Every partition has a leader, and the cluster has one active controller, the leader of the metadata quorum. Clients talk to the first. The second decides who leads, which brokers are alive, and what topics there are.

// %% [markdown] {"lang":"ko"}
// # 두 가지 선출: 리더와 controller
//
// **주장:** 파티션의 리더를 잃으면 클라이언트는 다음 리더를 기다립니다. 그 파티션의 replica가 없는 active controller를 잃으면 클라이언트는 알아차리지 못합니다. controller가 없는 동안에도 ack를 받습니다. 토픽 생성처럼 controller가 필요한 일은 기다립니다. 재시작한 리더는 preferred 선출을 한 뒤에야 다시 리더가 됩니다.
//
// 파티션마다 리더가 있고, 클러스터에는 metadata quorum의 리더인 active controller가 하나 있습니다. 클라이언트는 앞의 것과 통신합니다. 뒤의 것은 누가 리더인지, 어느 브로커가 살아 있는지, 어떤 토픽이 있는지를 정합니다.

// %% start
import { readable, startLab } from "@kafka-failure-lab/sdk";
import {
  about,
  finish,
  mergeVerdicts,
  output,
  ownArguments,
  scenarioOptions,
} from "@kafka-failure-lab/sdk/scenario";
import { besideFigures, besideOf, besideTable, memberSettings } from "@kafka-failure-lab/scripts/consumers";
import {
  partitionApart,
  type StepCase,
  stepFigures,
  steppedOf,
  stepTable,
  untilAway,
} from "@kafka-failure-lab/scripts/elections";

const options = scenarioOptions(
  {
    scenario: "10-leader-and-controller-election",
    about: "stops and kills a leader, kills and freezes the active controller; elects the preferred leader",
    how: "stop",
    window: false,
  },
  ownArguments("--timers fast"),
);
const { print, show } = output(options);
const lab = await startLab({
  ...options.lab,
  topic: { name: "orders", partitions: 3, replicationFactor: 2, config: { "min.insync.replicas": "1" } },
});
await show(about(lab));

// %% [markdown]
// ## The leader goes
//
// Three partitions with two replicas each: one of them has no replica on the active controller. The producer writes to that one; a group reads all three. Its leader is stopped (it hands over), then killed (the controller has to miss its heartbeats). After each it is started again, and follows; the controller would make it lead again within five minutes (`leader.imbalance.check.interval.seconds`), a request does at once.

// %% [markdown] {"lang":"ko"}
// ## 리더를 잃는다
//
// 파티션 셋에 replica가 둘씩이므로, 그중 하나는 active controller에 replica가 없습니다. 프로듀서는 그 파티션에 쓰고, 그룹은 셋 모두를 읽습니다. 그 리더를 먼저 stop하고(리더를 넘겨줍니다), 다음에는 kill합니다(controller는 heartbeat가 끊긴 것을 알아차려야 합니다). 그때마다 다시 시작한 브로커는 follower가 됩니다. controller는 5분 안에(`leader.imbalance.check.interval.seconds`) 다시 리더로 만들고, 요청하면 바로 만듭니다.

// %% leader
const group = await lab.group("billing", {
  members: 1,
  commit: "after",
  settings: memberSettings(options.timers),
});
const steps: StepCase[] = [];
for (const how of ["stop", "kill"] as const) {
  lab.step(`leader, ${how}`);
  const { topic, partition, ...state } = await partitionApart(lab, "orders");
  const leader = state.leader!;
  const client = `leader ${how}`;
  const load = lab
    .probe({ name: client, topic: topic, partition: partition, requestTimeout: "2s" })
    .start({ perSecond: 50 });
  await load.acknowledged(50);
  await group.processed(50);
  const predicted = await lab.predict(how, leader, { client: client });
  print(`${how} broker ${leader}, which leads orders-${partition}; predicted: ${predicted.sentence}`);
  const lost = await lab.cluster[how](leader);
  await load.acknowledged(50);
  await lost.heal();
  await lab.cluster.waitFor("full isr", { timeout: "2m" });
  await load.stop();
  const { partitions } = await lab.cluster.elect("preferred", { topic: topic });
  const own = partitions.find((one) => one.partition === partition)!;
  print(`in sync; preferred: broker ${own.before ?? "none"} → ${own.after ?? "none"} (${own.result})`);
  const common = { client: client, topic: topic, partition: partition, predicted: predicted, id: lost.id };
  steps.push({ name: `leader, ${how}`, lost: "leader", ...common });
}

// %% [markdown]
// ## The active controller is killed
//
// It leads nothing that the producer writes to, and follows nothing of that. A topic is asked for at the same moment.

// %% [markdown] {"lang":"ko"}
// ## active controller를 kill한다
//
// 프로듀서가 쓰는 파티션의 리더도 follower도 아닙니다. 같은 순간에 토픽 생성을 요청합니다.

// %% killed
lab.step("controller, kill");
const quiet = await partitionApart(lab, "orders");
const during = lab.probe({ name: "controller kill", partition: quiet.partition }).start({ perSecond: 50 });
await during.acknowledged(50);
const ofKill = await lab.predict("kill", "controller", { client: "controller kill" });
print(`kill the controller; predicted: ${ofKill.sentence}`);
const killed = await lab.cluster.kill("controller");
// the new topic may have a replica on the lost node: it is complete when that has returned
const asked = lab.cluster.createTopic("invoices", { timeout: "2m" });
await lab.cluster.waitFor(({ partitions }) => partitions.some(({ topic }) => topic === "invoices"));
const createdAtMs = lab.run.now();
await during.acknowledged(50);
await untilAway(lab, "orders", killed.targets);
await killed.heal();
await asked;
await lab.cluster.waitFor("full isr", { timeout: "2m" });
await during.stop();
steps.push({
  name: "controller, kill",
  lost: "controller",
  client: "controller kill",
  topic: "orders",
  partition: quiet.partition,
  predicted: ofKill,
  id: killed.id,
  createdAtMs: createdAtMs,
});
print(`the topic invoices was there ${readable(createdAtMs - killed.sinceMs)} after the kill`);

// %% [markdown]
// ## The next one is frozen
//
// Its sockets stay open, and nobody answers. The other voters hear nothing from it, and elect.

// %% [markdown] {"lang":"ko"}
// ## 다음 controller를 pause한다
//
// 소켓은 열려 있지만 아무도 응답하지 않습니다. 다른 voter들은 소식을 듣지 못해 새로 선출합니다.

// %% frozen
lab.step("controller, pause");
await lab.cluster.elect("preferred");
const apart = await partitionApart(lab, "orders");
const meanwhile = lab
  .probe({ name: "controller pause", partition: apart.partition })
  .start({ perSecond: 50 });
await meanwhile.acknowledged(50);
const ofPause = await lab.predict("pause", "controller", { client: "controller pause" });
print(`pause the controller; predicted: ${ofPause.sentence}`);
const frozen = await lab.cluster.pause("controller");
await untilAway(lab, "orders", frozen.targets);
await meanwhile.acknowledged(50);
await frozen.heal();
await lab.cluster.waitFor("full isr", { timeout: "2m" });
await meanwhile.stop();
steps.push({
  name: "controller, pause",
  lost: "controller",
  client: "controller pause",
  topic: "orders",
  partition: apart.partition,
  predicted: ofPause,
  id: frozen.id,
});
await group.lag({ atMost: 0, timeout: "2m" });
print(`the controller is node ${(await lab.cluster.describe()).quorum?.nodeId ?? "none"}`);

// %% verdict
const claim =
  "clients wait for another leader when theirs goes, and do not notice when the active controller goes, " +
  "though no topic is created until another is active; a restarted leader leads after a preferred election";
const measured = () => steps.map((one) => steppedOf(lab.run.history, one));
const { verdict, judgement, exitCode, dir } = await lab.conclude({
  claim,
  checks: ["noLostWrites", "noPhantomWrites", "processedAll", "skipped"],
  holds: () => mergeVerdicts(measured().map((one) => one.verdict)),
  print: !options.json,
});
const found = measured();
await show(stepTable(found));
const beside = besideOf(lab.run.history, group.name);
await show(besideTable(beside));
finish(options, {
  scenario: options.scenario,
  claim,
  verdict,
  exitCode,
  figures: { lost: { value: judgement.counts.lost }, ...stepFigures(found), ...besideFigures(beside) },
  steps: found,
  group: beside,
  timers: options.timers,
  kafka: lab.engine.kafka,
  engine: lab.engine.kind,
  run: dir,
});

// %% [markdown]
// A leader that is stopped costs some hundred milliseconds, one that is killed the session timeout (`broker.session.timeout.ms`). The controller's death costs the quorum a fetch timeout and an election (`controller.quorum.fetch.timeout.ms`, `controller.quorum.election.timeout.ms`), and clients nothing: brokers serve what they lead from their own copy of the metadata. It is felt when both fall together: without a controller nobody fences a dead leader, and a new controller counts every session from its own start.
//
// The group notices each loss in which the broker led one of its partitions, or coordinated it: a consumer of all partitions depends on all brokers. It stands still and reads on; nothing is skipped.

// %% [markdown] {"lang":"ko"}
// stop된 리더는 수백 밀리초, kill된 리더는 session timeout(`broker.session.timeout.ms`)만큼 걸립니다. controller를 잃으면 quorum은 fetch timeout과 선출(`controller.quorum.fetch.timeout.ms`, `controller.quorum.election.timeout.ms`)만큼 기다리지만, 클라이언트에는 영향이 없습니다. 브로커는 자신이 가진 metadata 사본으로 자신이 리더인 파티션을 계속 처리합니다. 둘을 함께 잃을 때 문제가 드러납니다. controller가 없으면 죽은 리더를 아무도 fence하지 않고, 새 controller는 모든 session을 자신이 시작한 때부터 다시 셉니다.
//
// 그룹은 잃은 브로커가 자신이 읽는 파티션의 리더이거나 코디네이터일 때마다 영향을 받습니다. 모든 파티션을 읽는 컨슈머는 모든 브로커에 의존합니다. 읽기가 멈췄다가 이어지며, 건너뛰는 레코드는 없습니다.
