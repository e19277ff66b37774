#!/usr/bin/env -S NODE_OPTIONS=--import=tsx npx zx
// The script and the notebook: `npx tsx scripts/05-consumer-loses-a-broker.ts --help`

// %% [markdown]
// # A consumer loses a broker
//
// **Claim:** with three replicas of the topic and of its offsets, a group reads on when it loses a broker, be it the leader of a partition, the group's coordinator, or both: it stands still until another broker leads. With one replica of the offsets, a group whose coordinator goes commits nothing until that broker returns; one that waits for its commits reads nothing, either.
//
// A consumer needs two brokers: the leader of each partition, to read; the coordinator of its group, to commit and to stay a member. The topic's replicas say nothing of the second: the coordinator is the leader of a partition of `__consumer_offsets`, which has replicas of its own, one in the cluster of [the posted experiment](../docs/posted-experiment.md). In the next cell, `--how kill` or `pause` takes another fault, `--client java` Kafka's own client.

// %% [markdown] {"lang":"ko"}
// # 컨슈머가 브로커를 잃는다
//
// **주장:** 토픽과 오프셋의 replica가 세 개면, 잃은 브로커가 파티션의 리더이든 그룹의 코디네이터이든 둘 다이든 그룹은 계속 읽습니다. 다른 브로커가 리더가 될 때까지만 멈춥니다. 오프셋의 replica가 하나면, 코디네이터를 잃은 그룹은 그 브로커가 돌아올 때까지 아무것도 commit하지 못합니다. commit을 기다리는 그룹은 읽지도 못합니다.
//
// 컨슈머에는 브로커가 두 가지로 필요합니다. 읽으려면 파티션의 리더가, commit하고 멤버로 남으려면 그룹의 코디네이터가 있어야 합니다. 토픽의 replica 수는 두 번째와 상관이 없습니다. 코디네이터는 `__consumer_offsets`의 한 파티션의 리더이며, 그 토픽에는 자기 replica 수가 따로 있습니다. [원문의 실험](../docs/posted-experiment.md)에 나온 클러스터에서는 하나입니다. 다음 셀에서 `--how kill`이나 `pause`로 장애를, `--client java`로 Kafka의 클라이언트를 고릅니다.

// %% start
import { readable, startLab, toMs } from "@kafka-failure-lab/sdk";
import {
  about,
  exitCodeOf,
  finish,
  mergeVerdicts,
  output,
  ownArguments,
  scenarioOptions,
  verdictWords,
} from "@kafka-failure-lab/sdk/scenario";
import {
  readyGroups,
  roleFigures,
  roleJson,
  roleOutcomes,
  roleTable,
  untilServed,
} from "@kafka-failure-lab/scripts/consumers";

const options = scenarioOptions(
  {
    scenario: "05-consumer-loses-a-broker",
    about: "takes a broker from three consumer groups: the leader, the coordinator, both",
    client: "kafkajs",
  },
  ownArguments("--how stop --client java --timers fast"),
);
const { how, window } = options;
const { print, show } = output(options);
const withReplicas = (replicas: number) => ({
  ...options.lab,
  topic: { name: "orders", partitions: 3 },
  properties: { "offsets.topic.replication.factor": String(replicas) },
});
const lab = await startLab(withReplicas(3));
await show(about(lab));

// %% [markdown]
// ## Three groups, one broker
//
// Each group has one member, which reads all three partitions. Which broker coordinates a group is decided by the hash of its name. `auto` (the client commits by itself, each second) and `after` (a commit behind each poll) have the same coordinator, and that broker will be lost; `other` has another one. That broker also leads one partition: every role in one fault.

// %% [markdown] {"lang":"ko"}
// ## 그룹 셋, 브로커 하나
//
// 그룹마다 멤버가 하나이고, 세 파티션을 모두 읽습니다. 어느 브로커가 그룹의 코디네이터인지는 그룹 이름의 hash가 정합니다. `auto`(클라이언트가 1초마다 스스로 commit)와 `after`(poll을 처리할 때마다 commit)는 코디네이터가 같고, 그 브로커를 잃게 합니다. `other`의 코디네이터는 다른 브로커입니다. 잃을 브로커는 파티션 하나의 리더이기도 하므로, 장애 하나로 모든 역할을 볼 수 있습니다.

// %% groups
lab.step("normal");
const ready = await readyGroups(lab, options);
for (const { group, role, partitions } of ready.roles)
  print(
    `to ${group.name} (commit ${group.settings.commit}) broker ${ready.broker} is ${role} ` +
      `for orders-${partitions.join(", orders-")}`,
  );

// %% [markdown]
// ## The broker goes
//
// First the predictions: for the producer, and for each group. The lab knows a group's client, its commits and its timers, who leads which partition and who coordinates; when another broker leads is the same for producer and group.

// %% [markdown] {"lang":"ko"}
// ## 브로커를 잃는다
//
// 먼저 예측입니다. 프로듀서에 대해, 그리고 그룹마다 예측합니다. 그룹의 클라이언트와 commit 방식과 타이머, 파티션마다의 리더와 코디네이터는 lab이 압니다. 다른 브로커가 언제 리더가 되는지는 프로듀서에게나 그룹에게나 같습니다.

// %% predicted
const prediction = await lab.predict(how, ready.broker, { client: "orders", partitions: ready.leads });
print(`predicted for the producer: ${prediction.sentence}`);
for (const group of ready.groups) {
  const { sentence } = await lab.predict(how, ready.broker, { group: group });
  print(`predicted for ${group.name}: ${sentence}`);
}

// %% fault
lab.step(`broker ${how}`);
const fault = await lab.cluster[how](ready.broker);
const isServed = await untilServed(lab, ready, window);
print(
  `${how} broker ${fault.targets} (${fault.via}): ` +
    `${isServed ? "every group reads and commits again" : `not served within ${readable(toMs(window))}`}`,
);

// %% heal
lab.step("back again");
await fault.heal();
await lab.cluster.waitFor("full isr");
await Promise.all(ready.groups.map((group) => group.processed(60)));
await ready.load.stop();
const ended = await lab.conclude({
  claim: "with three replicas of its offsets a group reads on when it loses a broker",
  checks: ["noLostWrites", "noPhantomWrites", "processedAll", "skipped", "groupProgress", "commitsForward"],
  holds: isServed,
  print: !options.json,
  exitCode: false,
});

// %% [markdown]
// ## The same with one replica of the offsets
//
// As in the posted compose file, which leaves `offsets.topic.replication.factor` at 1. The topic of the records still has three replicas.

// %% [markdown] {"lang":"ko"}
// ## 오프셋의 replica가 하나일 때
//
// 원문의 compose 파일처럼 `offsets.topic.replication.factor`가 1입니다. 레코드가 있는 토픽의 replica는 그대로 세 개입니다.

// %% one replica
const single = await startLab(withReplicas(1));
single.step("normal");
const alone = await readyGroups(single, options);
for (const group of alone.groups) {
  const { sentence } = await single.predict(how, alone.broker, { group: group });
  print(`predicted for ${group.name}: ${sentence}`);
}
single.step(`broker ${how}`);
const gone = await single.cluster[how](alone.broker);
const isServedAlone = await untilServed(single, alone, window);
print(
  `${how} broker ${gone.targets} (${gone.via}): ` +
    `${isServedAlone ? "every group reads and commits" : "not every group reads and commits"} within ` +
    `${readable(toMs(window))}`,
);
await gone.heal();
await single.cluster.waitFor("full isr");
await Promise.all(alone.groups.map((group) => group.processed(60, { timeout: "2m" })));
await alone.load.stop();
const endedAlone = await single.conclude({
  claim: "with one replica of its offsets a group has no coordinator while that broker is away",
  checks: ["noLostWrites", "noPhantomWrites", "processedAll", "skipped", "commitsForward"],
  holds: !isServedAlone,
  print: !options.json,
  exitCode: false,
});

// %% [markdown]
// ## Result
//
// How long each group processed nothing of the partitions while somebody waited for their records.

// %% [markdown] {"lang":"ko"}
// ## 결과
//
// 각 그룹이 파티션의 레코드를 처리하지 못한 시간입니다. 누군가 그 레코드를 기다린 동안만 셉니다.

// %% measured
const all = [
  { replicas: 3, outcomes: roleOutcomes(ready, ended.groupPredictionChecks) },
  { replicas: 1, outcomes: roleOutcomes(alone, endedAlone.groupPredictionChecks) },
];
await show(roleTable(all));

// %% verdict
const verdict = mergeVerdicts([ended.verdict, endedAlone.verdict]);
const claim =
  "with three replicas of its offsets a group reads on when it loses a broker; with one it commits nothing " +
  "until its coordinator returns";
print(`\nclaim: ${claim}\n${verdictWords(verdict)}`);
finish(options, {
  scenario: options.scenario,
  claim,
  verdict,
  exitCode: exitCodeOf(verdict),
  figures: {
    "three replicas: every group commits again": { value: isServed },
    "one replica: every group commits again": { value: isServedAlone },
    lost: { value: ended.judgement.counts.lost + endedAlone.judgement.counts.lost },
    ...roleFigures(all),
  },
  roles: all.flatMap(roleJson),
  how: how,
  client: options.client,
  timers: options.timers,
  kafka: lab.engine.kafka,
  engine: lab.engine.kind,
  runs: [ended.dir, endedAlone.dir],
});

// %% [markdown]
// A controlled shutdown moves leaders, those of `__consumer_offsets` among them, before the broker ends. After a kill the controller waits for `broker.session.timeout.ms` first, and the consumer with it; a frozen broker costs a request timeout of the client as well. Nothing is lost and little is read twice: the offsets are replicated like any record.
//
// With one replica nobody in the group commits for as long as its broker is gone, although every record could be read. `after` waits for its commit and stands still. `auto` of Kafka's own client reads on, and reads all of that again if it dies meanwhile; kafkajs waits for its commits with either policy. Set `offsets.topic.replication.factor` before the first group joins: the topic is created then, and keeps what it has.

// %% [markdown] {"lang":"ko"}
// controlled shutdown은 브로커가 끝나기 전에 `__consumer_offsets`를 포함한 모든 리더를 옮깁니다. kill이면 controller가 먼저 `broker.session.timeout.ms`를 기다리고, 컨슈머도 함께 기다립니다. 얼어붙은 브로커에는 클라이언트의 request timeout이 더해집니다. 사라지는 레코드는 없고 두 번 읽는 레코드도 적습니다. 오프셋도 다른 레코드처럼 복제되기 때문입니다.
//
// replica가 하나면 모든 레코드를 읽을 수 있는데도 그 브로커가 없는 동안 그룹은 아무것도 commit하지 못합니다. `after`는 commit을 기다리며 멈춥니다. Kafka의 클라이언트를 쓰는 `auto`는 계속 읽지만, 그사이 죽으면 그만큼을 모두 다시 읽습니다. kafkajs는 어느 방식이든 commit을 기다립니다. `offsets.topic.replication.factor`는 첫 그룹이 join하기 전에 정해야 합니다. 토픽은 그때 만들어지고, 그 뒤에는 바뀌지 않습니다.
