#!/usr/bin/env -S NODE_OPTIONS=--import=tsx npx zx
// The script and the notebook: `npx tsx scripts/01-broker-stops.ts --help`

// %% [markdown]
// # A broker stops
//
// **Claim:** when the topic's leader fails, another broker takes over: clients are served again, no acknowledged record is lost, and after a restart every replica is in sync again.
//
// The chapter calls this *leader election*: "what happens if I kill the leader? How long does it take the producer and consumer to start working as usual again?" In the next cell, `--how kill` tests a broker that ends without a controlled shutdown, and `--cluster as-posted` tests the two-broker cluster of [the posted experiment](../docs/posted-experiment.md).

// %% [markdown] {"lang":"ko"}
// # 브로커가 멈춘다
//
// **주장:** 토픽의 리더 브로커가 사라지면 다른 브로커가 리더가 됩니다. 클라이언트는 다시 ack를 받고, ack를 받은 레코드는 사라지지 않으며, 브로커가 돌아오면 모든 replica가 다시 in-sync가 됩니다.
//
// 책에서는 이를 *leader election* 테스트라고 부릅니다. "리더를 죽이면 어떻게 되는가? 프로듀서와 컨슈머가 평소처럼 다시 동작하기까지 얼마나 걸리는가?" 다음 셀에서 `--how kill`로 바꾸면 controlled shutdown 없이 끝나는 경우를, `--cluster as-posted`로 바꾸면 [원문의 실험](../docs/posted-experiment.md)에 나온 브로커 두 대짜리 클러스터를 실험합니다.

// %% start
import { $ } from "zx";
import { comes, consumerJson, consumerRow, expectedConsumer } from "@kafka-failure-lab/scripts/consumers";
import { isSettled, measuredConsumer, missLines, postedConsumer } from "@kafka-failure-lab/scripts/consumers";
import { startApplication } from "@kafka-failure-lab/scripts/posted";
import { type Duration, type PredictedPart, readable, startLab, tableOf, toMs } from "@kafka-failure-lab/sdk";
import { outage, recovery } from "@kafka-failure-lab/sdk";
import { about, finish, mergeVerdicts, output } from "@kafka-failure-lab/sdk/scenario";
import { ownArguments, scenarioOptions } from "@kafka-failure-lab/sdk/scenario";

const options = scenarioOptions(
  {
    scenario: "01-broker-stops",
    about: "stops the leader's broker under load and measures what clients see",
  },
  ownArguments("--how stop --cluster three-brokers"),
);
const { print, show } = output(options);
$.quiet = true; // what shell commands print is shown by print()
const lab = await startLab(options.lab);
const { cluster, run, topic } = lab;
print(`${(options.lab.compose ?? []).join(" + ")}, ${options.timers} timers`);
if (options.fixes.includes("bootstrap")) print("bootstrap: no file, the application knows every broker");
await show(about(lab));

// %% [markdown]
// ## Normal delivery
//
// One send, its partition and its broker. In the posted cluster this send also creates the topic. Then two connected (warm) clients under load: one has a single bootstrap server (the broker that will fail), the other has all of them.
//
// `scripts/app.ts` is the application of the posted experiment: `GET /sendMessage` sends a message to the topic. It responds with 200 before Kafka has acknowledged the message; its log has the outcome. Its consumer is a group of one member, `my-group`, with the posted settings that are in force: Spring Boot ignores `session.timeout.ms: 1000` where the posted file has it, so the session is Kafka's 45 s; Spring commits behind each poll. `$` is [zx](https://google.github.io/zx/), it runs a shell command; `lab.capture` returns the command and its output.

// %% [markdown] {"lang":"ko"}
// ## 정상 상태
//
// 먼저 한 건을 보내고 파티션과 브로커를 확인합니다. 원문의 컨슈머는 멤버가 하나인 그룹 `my-group`이며, 실제로 적용되는 원문의 설정을 씁니다. 원문의 파일에 있는 `session.timeout.ms: 1000`은 그 자리에서 Spring Boot가 무시하므로 세션은 Kafka의 45초이고, Spring은 poll마다 commit합니다. 원문의 클러스터에서는 이 첫 send가 토픽을 만듭니다. 이어서 이미 연결된(warm) 클라이언트 둘이 부하를 겁니다. 하나는 bootstrap 서버를 하나만(곧 장애를 일으킬 브로커), 다른 하나는 전부 알고 있습니다.
//
// `scripts/app.ts`는 원문의 애플리케이션에 해당합니다. `GET /sendMessage`가 토픽에 메시지를 하나 보냅니다. Kafka의 ack를 받기 전에 200으로 응답하고, 결과는 로그에 남깁니다. [zx](https://google.github.io/zx/)의 `$`는 셸 명령을 실행하고, `lab.capture`는 명령과 그 출력을 돌려줍니다.

// %% normal delivery
lab.step("normal");
const first = await lab.probe.send();
print(
  `first send: ${first.outcome} after ${readable(first.tookMs)}, broker ${first.broker ?? "-"}, offset ` +
    `${first.offset ?? "-"}`,
);
const before = await cluster.waitFor((now) =>
  now.partitions.some((one) => one.topic === topic && one.leader !== null),
);
const led = before.partitions.find((one) => one.topic === topic)!;
print(
  `${topic}: leader ${led.leader ?? "none"}, ISR [${led.isr.join(", ")}] of [${led.replicas.join(", ")}]; ` +
    `controller ${before.quorum?.leader ?? "none"}`,
);
const one = [before.brokers.find(({ broker }) => broker === led.leader)!.endpoint];
// how long a client waits for a frozen broker
const requestTimeout: Duration = options.timers === "fast" ? "2s" : "5s";
const warm = [
  lab.probe({ name: "warm, one", bootstrap: one, requestTimeout: requestTimeout }),
  lab.probe({ name: "warm, all", requestTimeout: requestTimeout }),
].map((probe) => probe.start({ perSecond: 50 }));
const consumer = await postedConsumer(lab, { requestTimeoutMs: toMs(requestTimeout) });
await Promise.all([isSettled(consumer), ...warm.map((load) => load.acknowledged(50))]);
const knows = { one: `broker ${led.leader ?? "?"} only`, all: "every broker" }; // in the bootstrap list
print(`both warm clients are served; "one" knows ${knows.one}, "all" ${knows.all}`);
const hasOneServer = options.cluster === "as-posted" && !options.fixes.includes("bootstrap");
const app = lab.isReplay
  ? null
  : await startApplication({ bootstrap: hasOneServer ? one : lab.bootstrap, topic: topic, dir: run.dir });
print(await lab.capture(() => $`curl -sS -m 5 ${app?.url}`));
const listener = () =>
  $({ cwd: run.dir })`for i in {1..100}; do tail -n 1 app.log | grep Message && break; sleep 0.1; done`;
print(await lab.capture(listener));

// %% [markdown]
// ## The leader's broker fails. Which clients are served?
//
// First the predictions, derived from Kafka's sources, the brokers' timers and each client's settings. Then the fault. Two new (cold) clients start with it; they have to bootstrap first. All four, and the consumer, are observed until each is served again or the window ends.

// %% [markdown] {"lang":"ko"}
// ## 리더 브로커에 장애를 주입합니다. 어느 클라이언트가 ack를 받습니까?
//
// 먼저 Kafka의 소스, 브로커의 타이머, 클라이언트의 설정에서 예측을 도출합니다. 그다음 장애를 주입합니다. 새(cold) 클라이언트 둘도 이때 시작하며, bootstrap부터 해야 합니다. 네 클라이언트가 모두 다시 ack를 받고 컨슈머가 다시 읽거나, 정해진 시간이 끝날 때까지 관찰합니다.

// %% predicted
const newcomers = [
  { name: "cold, one", bootstrap: one, requestTimeout: requestTimeout },
  { name: "cold, all", requestTimeout: requestTimeout },
];
const hopeless: string[] = [];
const fate = { how: options.how, broker: led.leader!, served: 1, parts: [] as readonly PredictedPart[] };
for (const client of ["warm, one", "warm, all", ...newcomers]) {
  const name = typeof client === "string" ? client : client.name;
  const { sentence, served, parts } = await lab.predict(options.how, "leader", { client: client });
  print(`predicted for ${name}: ${sentence}`);
  if (served === 0) hopeless.push(name);
  if (name === "warm, all") Object.assign(fate, { served, parts });
}
const expected = await expectedConsumer(lab, consumer, fate);
print(`predicted for ${consumer.name}: ${expected.sentence}`);

// %% fault
lab.step(`leader ${options.how}`);
const fault = await cluster[options.how]("leader");
print(
  `${options.how} broker ${fault.targets} (${fault.via}), ` +
    `${fault.exits[fault.targets[0]!]?.text ?? `took ${readable(fault.tookMs)}`}`,
);
print(await lab.capture(() => $`curl -sS -m 5 ${app?.url}`));
const cold = newcomers.map((settings) => lab.probe(settings).start({ perSecond: 50 }));
const reads = consumer.processed(25, { timeout: options.window });
const served = await Promise.allSettled(
  [...warm, ...cold].map((load) => load.acknowledged(25, { timeout: options.window })),
);
const readsOn = await comes(reads);
print(
  `${served.filter(({ status }) => status === "fulfilled").length} of 4 clients were served within ` +
    `${readable(toMs(options.window))}; the consumer ${readsOn ? "reads again" : "reads nothing"}`,
);
print(await lab.capture(() => $({ cwd: run.dir })`tail -n 1 app.log`));

// %% [markdown]
// A cold client whose only bootstrap server has failed does not find the other brokers. The failover works; the bootstrap list is too short.
//
// ## The broker returns

// %% [markdown] {"lang":"ko"}
// bootstrap 서버를 하나만 아는 새 클라이언트는 그 서버에 장애가 있으면 다른 브로커를 찾지 못합니다. failover는 동작하지만 bootstrap 목록이 부족한 것입니다.
//
// ## 브로커가 돌아온다

// %% heal
lab.step("back again");
const healedMs = run.now();
await fault.heal();
await app?.stop();
const isr = await comes(cluster.waitFor("full isr", { timeout: "30s" }));
const readsAll = Promise.allSettled([consumer.processed(25, { timeout: "30s" })]);
const back = await Promise.allSettled(
  [...warm, ...cold].map((load) => load.acknowledged(25, { timeout: "30s" })),
);
await readsAll;
await Promise.all([...warm, ...cold].map((load) => load.stop({ giveUp: true })));
const again = recovery(run.history, { topic: topic }).facts.heals[0]?.clients ?? {};
const lastMs = Math.max(0, ...Object.values(again).map((ms) => ms ?? Infinity));
print(
  `full ISR: ${isr ? "yes" : "no"}; ${back.filter(({ status }) => status === "fulfilled").length} of 4 ` +
    `clients are served again, the last ${lastMs === Infinity ? "never" : `after ${readable(lastMs)}`}`,
);

// %% [markdown]
// ## Result
//
// The posted application has one bootstrap server unless that is fixed. The claim is judged for clients with the same bootstrap list; the others compare.

// %% [markdown] {"lang":"ko"}
// ## 결과
//
// 원문의 애플리케이션은 고치지 않는 한 bootstrap 서버가 하나입니다. 따라서 bootstrap 목록이 같은 클라이언트를 기준으로 판정합니다. 나머지 클라이언트는 다른 목록이면 어떻게 되는지를 보여 줍니다.

// %% measured
const measured = outage(run.history, { topic: topic });
const like = hasOneServer ? ["warm, one", "cold, one"] : ["warm, all", "cold, all"];
const known = hasOneServer ? knows.one : knows.all;
const rows = Object.entries(measured.clients).map(([client, gapMs]) => [
  client,
  client.endsWith("one") ? knows.one : knows.all,
  gapMs === null ? "not served until it returned" : `served again after ${readable(gapMs)}`,
  typeof again[client] === "number" ? `after ${readable(again[client])}` : "never",
  like.includes(client) ? "judged" : "for comparison",
]);
const group = measuredConsumer(lab, consumer, expected, [fault.sinceMs, healedMs]);
rows.push(consumerRow(group, knows.all));
const head = ["client", "bootstrap list", `broker ${fault.targets} away`, "served after its return", ""];
await show(tableOf([head, ...rows]));
print(`judged: ${like.join(" and ")}, as the application (${known}), and its consumer; others compare`);
for (const line of missLines([group])) print(`not as predicted: ${line}`);
print(
  `leader ${measured.leader.before ?? "none"} → ${measured.leader.after ?? "none"}, controller node ` +
    `${measured.controller.before ?? "none"} → ${measured.controller.after ?? "none"}`,
);

// %% verdict
const claim =
  `after ${options.how} of the leader's broker another takes over: clients that know ${known} are served ` +
  `again within ${readable(toMs(options.window))}, the posted consumer reads on, nothing acknowledged is ` +
  "lost, and every replica returns";
const { verdict, judgement, exitCode, dir } = await lab.conclude({
  claim,
  checks: ["noLostWrites", "noPhantomWrites", "duplicates", "order"],
  // clients that only a busy machine kept waiting do not refute the claim
  holds: ({ machine }) =>
    mergeVerdicts([
      group.verdict,
      (isr && group.isServed && like.every((client) => typeof measured.clients[client] === "number")) ||
        (machine.isBusy && !like.some((client) => hopeless.includes(client)) ? "unknown" : false),
    ]),
  print: !options.json,
});
const { acknowledged, lost, duplicates } = judgement.counts;
finish(options, {
  scenario: options.scenario,
  claim,
  verdict,
  exitCode,
  figures: {
    "another broker leads": {
      value: measured.leader.after !== null && measured.leader.after !== measured.leader.before,
    },
    "full ISR after the return": { value: isr },
    lost: { value: lost },
    ...Object.fromEntries(
      Object.entries(measured.clients).map(([client, ms]) => [
        `${client}: without an acknowledged send`,
        { ms, within: [0, toMs(options.window)] as const },
      ]),
    ),
    [`${consumer.name}: without a processed record`]: {
      ms: group.isServed ? group.measured.ms : null,
      within: [0, toMs(options.window)] as const,
    },
  },
  ...{ clients: measured.clients, consumer: consumerJson(consumer, expected, group), judged: like },
  ...{ acknowledged, lost, duplicates, leader: measured.leader, isr: measured.isr },
  ...{ fullIsrAfterHeal: isr, controller: measured.controller },
  ...{ kafka: lab.engine.kafka, engine: lab.engine.kind, bootMs: lab.bootMs, run: dir },
  ...{ compose: options.lab.compose, fixes: options.fixes, how: options.how, timers: options.timers },
});

// %% [markdown]
// **Expected** for a controlled shutdown: the broker moves its leadership before it ends. Clients wait only for new metadata, not for `broker.session.timeout.ms` (9 s). **Measured:** well under a second for warm clients. The lines `measured for` cut that time into parts, each with a broker's log line or an attempt as evidence (`explanation.txt` in the run's folder). After a kill the controller waits for the session timeout first: the same cell with `--how kill` shows 7 s and more, because the timeout counts from the last heartbeat. Duplicates may come from retries: a leader that steps down answers NOT_LEADER_OR_FOLLOWER also to records that it has appended. An idempotent producer has none of them.

// %% [markdown] {"lang":"ko"}
// **예상:** controlled shutdown이면 브로커가 종료하기 전에 리더를 옮깁니다. 클라이언트는 새 메타데이터만 기다리고 `broker.session.timeout.ms`(9초)는 기다리지 않습니다. **측정:** warm 클라이언트는 1초가 걸리지 않았습니다. `measured for` 줄은 그 시간을 구간으로 나누며, 구간마다 브로커의 로그나 클라이언트의 시도가 근거로 남습니다(실행 폴더의 `explanation.txt`). kill이면 controller가 먼저 session timeout을 기다립니다. 같은 셀을 `--how kill`로 실행하면 7초 이상이 나옵니다(마지막 heartbeat부터 계산합니다). 재시도 때문에 중복이 생길 수 있습니다. 리더에서 물러나는 브로커는 이미 append한 레코드에도 NOT_LEADER_OR_FOLLOWER로 응답하기 때문입니다. idempotent 프로듀서에는 이런 중복이 없습니다.
