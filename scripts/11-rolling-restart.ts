#!/usr/bin/env -S NODE_OPTIONS=--import=tsx npx zx
// The script and the notebook: `npx tsx scripts/11-rolling-restart.ts --help`

// %% [markdown]
// # Rolling restart of brokers
//
// **Claim:** a rolling restart that waits for full ISR after each broker keeps every partition at its `min.insync.replicas` and loses nothing; one that does not wait has partitions below it, or without a leader, and loses nothing acknowledged either: producers wait.
//
// Three brokers, three replicas, `min.insync.replicas` 2: one broker may be away at any time, not two. A broker that runs again is not in sync yet. That difference decides.

// %% [markdown] {"lang":"ko"}
// # 브로커의 롤링 재시작
//
// **주장:** 브로커 하나를 재시작할 때마다 모든 replica가 in-sync가 되기를 기다리면 모든 파티션이 `min.insync.replicas`를 지키고 아무것도 잃지 않습니다. 기다리지 않으면 그보다 적어지거나 리더가 없는 파티션이 생깁니다. 그래도 ack를 받은 레코드는 사라지지 않고, 프로듀서가 기다립니다.
//
// 브로커 셋, replica 셋, `min.insync.replicas` 2입니다. 언제든 하나는 없어도 되지만 둘은 안 됩니다. 다시 실행 중인 브로커가 곧 in-sync인 것은 아닙니다. 그 차이가 결과를 정합니다.

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
import {
  besideFigures,
  besideOf,
  besideTable,
  bringBackFailed,
  memberSettings,
} from "@kafka-failure-lab/scripts/consumers";
import {
  producersFigures,
  producersJson,
  producersRolledOf,
  producersTable,
  rollProducers,
  type Rolled,
  rolledFigures,
  rolledJson,
  rolledOf,
  rolledTable,
  rollExpectation,
} from "@kafka-failure-lab/scripts/elections";

const options = scenarioOptions(
  {
    scenario: "11-rolling-restart",
    about: "restarts all brokers one by one, with a wait for full ISR and too fast; then the producers",
    how: "stop",
    window: false,
  },
  ownArguments("--timers fast"),
);
const { print, show } = output(options);
const minIsr = 2;
const replicas = 3;
const lab = await startLab({
  ...options.lab,
  topic: {
    name: "orders",
    partitions: 3,
    replicationFactor: replicas,
    config: { "min.insync.replicas": String(minIsr) },
  },
});
await show(about(lab));

// %% [markdown]
// ## With a wait
//
// A group reads what the producer writes. Each broker is stopped and started, and the next one waits until every replica is in sync. The active controller goes last, so that it moves once.

// %% [markdown] {"lang":"ko"}
// ## 기다리는 재시작
//
// 그룹 하나가 프로듀서가 쓰는 것을 읽습니다. 브로커를 하나 멈추고 다시 시작한 뒤, 모든 replica가 in-sync가 되면 다음으로 넘어갑니다. active controller는 마지막에 재시작하므로 한 번만 옮겨집니다.

// %% well
lab.step("with a wait");
const load = lab.probe({ name: "orders", acks: "all" }).start({ perSecond: 50 });
await load.acknowledged(50);
const group = await lab.group("billing", {
  members: 1,
  commit: "after",
  settings: memberSettings(options.timers),
});
await group.processed(50);
print(`expected: ${rollExpectation("full isr", { replicas: replicas, minIsr: minIsr })}`);
const wellMs = lab.run.now();
await lab.cluster.roll({ wait: "full isr", order: "controller last" });
await load.acknowledged(50);
const wellToMs = lab.run.now();
print(`all three restarted in ${readable(wellToMs - wellMs)}`);

// %% [markdown]
// ## Leaders do not come back by themselves
//
// A broker that returns follows. The controller gives the lead back every five minutes (`leader.imbalance.check.interval.seconds`), or when somebody asks for it.

// %% [markdown] {"lang":"ko"}
// ## 리더는 저절로 돌아오지 않는다
//
// 돌아온 브로커는 follower입니다. controller는 5분마다(`leader.imbalance.check.interval.seconds`) 또는 누가 요청할 때 원래 리더에게 돌려줍니다.

// %% preferred
lab.step("preferred");
const { partitions } = await lab.cluster.elect("preferred", { topic: "orders" });
for (const { partition, before, after, result } of partitions)
  print(`orders-${partition}: broker ${before ?? "none"} to broker ${after ?? "none"} (${result})`);

// %% [markdown]
// ## Too fast
//
// The next broker goes as soon as the process of the last one has been started, as a deployment that looks at nothing does.

// %% [markdown] {"lang":"ko"}
// ## 너무 빠른 재시작
//
// 앞 브로커의 프로세스가 시작되자마자 다음 브로커를 멈춥니다. 아무것도 확인하지 않는 배포가 이렇게 합니다.

// %% fast
lab.step("too fast");
print(`expected: ${rollExpectation("none", { replicas: replicas, minIsr: minIsr })}`);
const fastMs = lab.run.now();
await lab.cluster.roll({ wait: "none" });
await lab.cluster.waitFor("full isr", { timeout: "2m" });
await load.acknowledged(50, { timeout: "2m" });
const fastToMs = lab.run.now();
const counts = await load.stop();
print(`all three restarted, and every replica in sync again, in ${readable(fastToMs - fastMs)}`);
print(`the load: ${counts.ok} ok, ${counts.fail} fail, ${counts.info} info`);

// %% [markdown]
// ## The producers
//
// A deployment restarts producers, too. Two of Kafka's own Java producers send 200 records a second each, with `linger.ms` 200, so that some are in the buffer at any moment. One is restarted while the other goes on. `close()`, to which a SIGTERM should lead, sends what is buffered; SIGKILL does not. What is gone then was never acknowledged.

// %% [markdown] {"lang":"ko"}
// ## 프로듀서
//
// 배포는 프로듀서도 재시작합니다. Kafka의 Java 프로듀서 둘이 초당 200건씩 보냅니다. `linger.ms`가 200이라 버퍼에는 늘 레코드가 있습니다. 하나를 재시작하는 동안 다른 하나는 계속 보냅니다. SIGTERM을 받으면 호출해야 하는 `close()`는 버퍼에 있는 것을 모두 보냅니다. SIGKILL은 그렇지 않습니다. 이때 사라지는 것은 ack를 받은 적이 없는 레코드뿐입니다.

// %% producers
lab.step("producers, SIGTERM");
const ended = await rollProducers(lab, "orders", "SIGTERM");
lab.step("producers, SIGKILL");
const killed = await rollProducers(lab, "orders", "SIGKILL");
for (const { end, clients, fromMs, toMs } of [ended, killed])
  print(`${clients.length} producers restarted with ${end} in ${readable(toMs - fromMs)}`);
const gaveUp = await bringBackFailed(lab, group, 1);
if (gaveUp !== undefined) print(`billing.1 had given up for good, and is started anew: ${gaveUp}`);
await group.lag({ atMost: 0, timeout: "2m" });

// %% verdict
const claim =
  "a rolling restart that waits for full ISR keeps every partition at its min.insync.replicas, one that " +
  "does not wait does not; producers that are killed lose what they had buffered, those that are closed " +
  "nothing; no acknowledged record is lost";
const measured = (): Rolled[] => [
  rolledOf(lab.run.history, {
    topic: "orders",
    wait: "full isr",
    minIsr: minIsr,
    fromMs: wellMs,
    toMs: wellToMs,
  }),
  rolledOf(lab.run.history, {
    topic: "orders",
    wait: "none",
    minIsr: minIsr,
    fromMs: fastMs,
    toMs: fastToMs,
  }),
];
const producers = () => [ended, killed].map((one) => producersRolledOf(lab.run.history, one));
const { verdict, judgement, exitCode, dir } = await lab.conclude({
  claim,
  checks: ["noLostWrites", "noPhantomWrites", "processedAll", "skipped"],
  holds: () => mergeVerdicts([...measured(), ...producers()].map((one) => one.verdict)),
  print: !options.json,
});
const rolls = measured();
await show(rolledTable(rolls));
const restarted = producers();
await show(producersTable(restarted));
const beside = besideOf(lab.run.history, group.name);
await show(besideTable(beside));
finish(options, {
  scenario: options.scenario,
  claim,
  verdict,
  exitCode,
  figures: {
    lost: { value: judgement.counts.lost },
    ...rolledFigures(rolls, minIsr),
    ...producersFigures(restarted),
    ...besideFigures(beside),
  },
  rolls: rolls.map(rolledJson),
  producers: restarted.map(producersJson),
  group: beside,
  timers: options.timers,
  kafka: lab.engine.kafka,
  engine: lab.engine.kind,
  run: dir,
});

// %% [markdown]
// Nothing acknowledged is lost in either: a controlled shutdown hands its leaders over first, and what has no majority acknowledges nothing. The price of haste is paid by producers, in seconds. Clusters whose brokers are voters, too, pay twice: two of three away at once leave no controller to elect anybody.
//
// A producer that is closed settles what it has taken; `send()` refuses what comes while it is being closed. One that is killed takes what is buffered with it, at most `buffer.memory`. Nobody had an acknowledgement for that: an application that waits for none does not notice.

// %% [markdown] {"lang":"ko"}
// 어느 쪽에서도 ack를 받은 레코드는 사라지지 않습니다. controlled shutdown은 리더를 먼저 넘기고, 과반이 없으면 아무것도 ack하지 않기 때문입니다. 서두른 대가는 프로듀서가 몇 초씩 기다리는 것으로 치릅니다. 브로커가 voter이기도 한 클러스터는 두 번 치릅니다. 셋 중 둘이 함께 없으면 리더를 선출할 controller도 없습니다.
//
// 닫히는 프로듀서는 받은 레코드를 모두 처리하고, 닫히는 동안의 `send()`는 거부합니다. kill된 프로듀서는 버퍼에 있던 것(최대 `buffer.memory`)을 함께 잃습니다. 그 레코드에 ack를 받은 곳은 없으며, ack를 기다리지 않는 애플리케이션은 알아차리지 못합니다.
