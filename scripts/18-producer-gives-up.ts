#!/usr/bin/env -S NODE_OPTIONS=--import=tsx npx zx
// The script and the notebook: `npx tsx scripts/18-producer-gives-up.ts --help`

// %% [markdown]
// # When producers give up
//
// **Claim:** in one and the same outage each producer gives up by its own budget and with its own error: when its tries, its time or its buffer are used up. One whose budget is longer than the outage gives up nothing. A record that is too large is refused at once by all of them. What a producer reports as not written is not in the log.
//
// Retries are the client's: brokers do not repeat anything. What decides has other names in each client, and "the producer failed" is not one error but four.

// %% [markdown] {"lang":"ko"}
// # 프로듀서가 포기할 때
//
// **주장:** 같은 장애에서도 프로듀서마다 자기 한도에 따라, 자기 오류로 포기합니다. 시도 횟수, 시간, 버퍼 가운데 먼저 다한 것이 정합니다. 한도가 장애보다 긴 프로듀서는 아무것도 포기하지 않습니다. 너무 큰 레코드는 모두가 바로 거부당합니다. 쓰이지 않았다고 보고한 레코드는 로그에 없습니다.
//
// 재시도는 클라이언트가 합니다. 브로커는 아무것도 되풀이하지 않습니다. 무엇이 정하는지는 클라이언트마다 이름이 다르고, "프로듀서가 실패했다"는 하나가 아니라 네 가지 오류입니다.

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
  BUDGETS,
  sendTooLarge,
  spentFigures,
  spentOf,
  spentTable,
  startBudgets,
  untilGivenUp,
} from "@kafka-failure-lab/scripts/budgets";

const options = scenarioOptions(
  {
    scenario: "18-producer-gives-up",
    about: "an outage that is longer than the budgets of three producers, and records that are too large",
    how: "kill",
    window: false,
  },
  ownArguments("--timers fast"),
);
const { print, show } = output(options);
const lab = await startLab({
  ...options.lab,
  topic: { name: "orders", partitions: 1, replicationFactor: 1, config: { "min.insync.replicas": "1" } },
});
const { cluster, run } = lab;
await show(about(lab));

// %% [markdown]
// ## Four budgets
//
// Two kafkajs producers: three tries, and the lab's patience (two minutes). Two of Kafka's own: `delivery.timeout.ms` 2 s, and a buffer of some twenty records (`buffer.memory` 2 KB) for which `send()` waits half a second (`max.block.ms`); each record takes a buffer of its own (`batch.size` 0).

// %% [markdown] {"lang":"ko"}
// ## 네 가지 한도
//
// kafkajs 프로듀서 둘은 세 번 시도하는 것과 lab의 기본 한도(2분)를 가진 것입니다. Kafka의 Java 프로듀서 둘은 `delivery.timeout.ms`가 2초인 것과, 버퍼에 레코드 20개쯤(`buffer.memory` 2 KB)이 들어가고 `send()`가 0.5초(`max.block.ms`)까지 기다리는 것입니다. 뒤엣것은 레코드마다 버퍼를 하나씩 씁니다(`batch.size` 0).

// %% budgets
lab.step("normal");
const spenders = await startBudgets(lab, "orders");
const leader = (await cluster.describe()).partitions.find(({ topic }) => topic === "orders")!.leader!;
print(`broker ${leader} has the only replica of orders-0; ${spenders.length} producers are served`);

// %% [markdown]
// ## The only replica is gone
//
// Nobody else can lead. The outage lasts until each of the three short budgets has given a record up, and four seconds longer. The predictions know tries and times, and no buffers.

// %% [markdown] {"lang":"ko"}
// ## 하나뿐인 replica를 잃는다
//
// 다른 브로커는 리더가 될 수 없습니다. 짧은 한도를 가진 셋이 레코드를 하나씩 포기할 때까지, 그리고 4초 더 이어집니다. 예측은 버퍼의 크기를 계산하지 않습니다.

// %% outage
lab.step("outage");
for (const { name } of spenders) {
  const { sentence } = await lab.predict("kill", leader, { client: name });
  print(`predicted for ${name}: ${sentence}`);
}
const outageMs = run.now();
const killed = await cluster.kill(leader);
const short = spenders.filter(({ decides }) => decides !== null);
await untilGivenUp(lab, short, { fromMs: outageMs });
const untilMs = run.now() + 4_000;
await cluster.waitFor(() => run.now() > untilMs, { timeout: "1m" });
print(`after ${readable(run.now() - outageMs)}: ${short.map(({ name }) => name).join("; ")} gave up`);
await killed.heal();
await cluster.waitFor("full isr", { timeout: "2m" });
await Promise.all(spenders.map(({ load }) => load.acknowledged(20, { timeout: "2m" })));
print("healed: all are served again");

// %% [markdown]
// ## Too large
//
// `max.message.bytes` of the topic is set to 50, and each producer sends one record, which is larger with its batch's header alone. That error is not retriable: also the patient one gives up at once. A batch of several records is another matter: the Java producer splits it, before Kafka 4.2 into parts as large as before, again and again, until `delivery.timeout.ms` ([KAFKA-8350](../docs/versions.md#clients)).

// %% [markdown] {"lang":"ko"}
// ## 너무 큰 레코드
//
// 토픽의 `max.message.bytes`를 50으로 바꾸고, 프로듀서마다 레코드를 하나씩 보냅니다. 레코드는 배치 헤더만으로도 그보다 큽니다. 이 오류는 재시도하지 않습니다. 한도가 긴 프로듀서도 바로 포기합니다. 레코드가 여럿인 배치는 다릅니다. Java 프로듀서는 그 배치를 나누는데, Kafka 4.2 전에는 나눈 것이 원래 배치와 같아서 `delivery.timeout.ms`까지 되풀이합니다([KAFKA-8350](../docs/versions.md#clients)).

// %% large
lab.step("too large");
await Promise.all(spenders.map(({ load }) => load.stop()));
const each = () => Promise.all(spenders.map(({ probe }) => probe.send()));
await each(); // starts the programs that send single records for the Java producers
const smallMs = run.now();
const small = await cluster.reconfigure({ topic: "orders" }, { "max.message.bytes": "50" });
const refused = await Promise.all(spenders.map(sendTooLarge));
for (const [at, { name }] of spenders.entries()) print(`${name}: ${refused[at]!}`);
await small.heal();
const served = (await each()).filter(({ outcome }) => outcome === "ok");
print(`the old limit: ${served.length} of ${spenders.length} are served again`);

// %% verdict
const claim =
  "in the same outage each producer gives up by its own budget and with its own error, or waits; a record " +
  "that is too large is refused at once; what is reported as not written is not in the log";
const spent = () => spentOf(run.history, BUDGETS, { outageMs: outageMs, smallMs: smallMs });
const { verdict, judgement, exitCode, dir } = await lab.conclude({
  claim,
  checks: ["noLostWrites", "noPhantomWrites"],
  holds: () => mergeVerdicts(spent().map((one) => one.verdict)),
  print: !options.json,
});
const all = spent();
await show(spentTable(all));
finish(options, {
  ...{ scenario: options.scenario, claim, verdict, exitCode, run: dir },
  figures: { lost: { value: judgement.counts.lost }, ...spentFigures(all) },
  ...{ spent: all, timers: options.timers, kafka: lab.engine.kafka, engine: lab.engine.kind },
});

// %% [markdown]
// What an application can do differs: a record that is `not written` may be sent again without a duplicate; one of which nobody knows may stand in the log. A producer that is blocked in `send()` holds up the application's own thread, for `max.block.ms` with every record. The patient one has no error at all, and latency alone: whoever watches errors alone does not see the outage.

// %% [markdown] {"lang":"ko"}
// 애플리케이션이 할 수 있는 일은 서로 다릅니다. 쓰이지 않은 레코드는 다시 보내도 중복되지 않습니다. 결과를 모르는 레코드는 로그에 있을 수 있습니다. `send()`에서 막힌 프로듀서는 레코드마다 `max.block.ms`만큼 애플리케이션의 스레드를 붙잡습니다. 한도가 긴 프로듀서에는 오류가 전혀 없고 지연만 있습니다. 오류만 보고 있으면 이 장애를 알아차리지 못합니다.
