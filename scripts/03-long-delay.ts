#!/usr/bin/env -S NODE_OPTIONS=--import=tsx npx zx
// The script and the notebook: `npx tsx scripts/03-long-delay.ts --help`

// %% [markdown]
// # A long delay
//
// **Claim:** if every response of a broker is D late, a warm client is served after 1 D. A new client needs several responses before it has the topic's metadata, so a larger request timeout alone does not help: what counts is how many D each timer allows. If only clients are affected, the broker keeps the leadership; if all traffic is, it is fenced and another broker leads. No acknowledged record is lost.
//
// The chapter asks for "high latency between the client and the broker". [The posted experiment](../docs/posted-experiment.md) did this with `tc qdisc add dev eth0 root netem delay 30000ms`: the send took 30,007 ms. With `request.timeout.ms` raised it ended with "Topic my_topic not present in metadata after 60000 ms".

// %% [markdown] {"lang":"ko"}
// # 긴 지연
//
// **주장:** 브로커의 모든 응답이 D만큼 늦으면 warm 클라이언트는 1 D 뒤에 ack를 받습니다. 새 클라이언트는 토픽의 메타데이터를 얻기까지 응답이 여러 번 필요하므로, request timeout만 늘려서는 해결되지 않습니다. 타이머마다 D를 몇 번 허용하는지가 중요합니다. 클라이언트와의 통신만 늦으면 그 브로커가 계속 리더이고, 모든 통신이 늦으면 fencing되어 다른 브로커가 리더가 됩니다. ack를 받은 레코드는 사라지지 않습니다.
//
// 책은 "클라이언트와 브로커 사이의 긴 지연"을 시험하라고 권합니다. [원문의 실험](../docs/posted-experiment.md)은 `tc qdisc add dev eth0 root netem delay 30000ms`를 썼고, send에 30,007 ms가 걸렸습니다. `request.timeout.ms`를 늘리자 "Topic my_topic not present in metadata after 60000 ms"로 끝났습니다. 여기서는 D를 3초로 하고 관련 타이머도 같은 비율로 줄였습니다. `--delay 30s`가 원래 길이입니다.

// %% start
import { $ } from "zx";
import { comes, delayedConsumer, delayedWords } from "@kafka-failure-lab/scripts/consumers";
import { isSettled, postedConsumer } from "@kafka-failure-lab/scripts/consumers";
import { readable, startLab } from "@kafka-failure-lab/sdk";
import { about, exitCodeOf, finish, mergeVerdicts } from "@kafka-failure-lab/sdk/scenario";
import { output, ownArguments, verdictWords } from "@kafka-failure-lab/sdk/scenario";
import {
  delayOptions,
  measureStep,
  type MeasuredStep,
  missLines,
  partTable,
  rowOf,
  stepPicture,
  stepsOf,
  stepTable,
  verdictOf,
} from "@kafka-failure-lab/scripts/delay";

const options = delayOptions(ownArguments("--delay 3s --client kafkajs"));
const { delayMs, client } = options;
const steps = stepsOf(options);
const { print, show } = output(options);
$.quiet = true; // what shell commands print is shown by print()
const posted = await startLab({
  ...options.lab,
  compose: ["as-posted"],
  topic: { name: "my_topic", create: false },
  // the consumer's session is scaled, too: 4.5 s where D is 3 s
  properties: { "group.min.session.timeout.ms": String(Math.round(6_000 * options.scale)) },
});
const length =
  options.scale === 1
    ? "at full length"
    : `the posted 30 s and the client's timers times ${Number(options.scale.toFixed(3))}`;
print(`client ${client}; D = ${readable(delayMs)}, ${length}; brokers have ${options.timers} timers`);
await show(about(posted));

// %% [markdown]
// ## A warm client, and every response of the leader D late
//
// The posted consumer, one member of `my-group` with Kafka's defaults, reads beside it: its fetches wait up to `fetch.max.wait.ms` at the broker, and then D: longer than its request timeout. The posted log has the line that follows, "Disconnecting from node 0 due to request timeout".
//
// This client is connected; its only bootstrap server is the topic's leader, as in the posted application. It needs one response: 1 D. D is also its request timeout, so milliseconds decide which comes first.
//
// The last lines show it from outside, by a shell command that [zx](https://google.github.io/zx/) runs. In Docker the delay is the posted `tc` line, in the network namespace of the broker's container: `tc qdisc show` lists it (an image without `tc` answers with exit code 127; the lab then uses a helper container). Without Docker a TCP link in front of the broker delays: bash sends an ApiVersions request and takes the time of the answer.

// %% [markdown] {"lang":"ko"}
// ## warm 클라이언트, 그리고 D만큼 늦는 리더
//
// 원문의 컨슈머(`my-group`의 멤버 하나, Kafka의 기본 설정)가 함께 읽습니다. fetch는 브로커에서 `fetch.max.wait.ms`까지 기다린 뒤 D만큼 늦게 응답되므로 request timeout보다 늦습니다. 원문의 로그에 있는 "Disconnecting from node 0 due to request timeout"이 그 결과입니다.
//
// 이미 연결된 클라이언트입니다. 원문의 애플리케이션처럼 bootstrap 서버는 토픽의 리더 하나입니다. 응답 하나, 즉 1 D가 필요합니다. D는 이 클라이언트의 request timeout이기도 하므로, 어느 쪽이 먼저인지는 밀리초 차이로 정해집니다.
//
// 마지막 줄은 [zx](https://google.github.io/zx/)로 실행한 셸 명령의 출력입니다. Docker에서는 원문의 `tc` 명령을 브로커 컨테이너의 network namespace에 적용하며, `tc qdisc show`로 확인합니다(이미지에 `tc`가 없으면 exit code가 127이고, 이때 보조 컨테이너를 씁니다). Docker가 없으면 브로커 앞의 TCP 링크가 지연을 만듭니다. bash로 ApiVersions 요청을 보내고 응답까지 걸린 시간을 측정합니다.

// %% delay
posted.step("normal");
await posted.probe.send(); // creates the topic
const before = await posted.cluster.waitFor(({ partitions }) =>
  partitions.some(({ topic, leader }) => topic === "my_topic" && leader !== null),
);
const leader = before.partitions.find(({ topic }) => topic === "my_topic")!.leader!;
const address = before.brokers.find(({ broker }) => broker === leader)!.endpoint;
const warm = posted.probe({ ...steps.warm.options, name: "warm", bootstrap: [address] });
const first = await warm.send();
const consumer = await postedConsumer(posted, { scale: options.scale });
await isSettled(consumer);
await Promise.all([warm.send(), consumer.processed(1)]);
print(
  `leader of my_topic: broker ${leader}; a warm send took ${readable((await warm.send()).tookMs)}, the ` +
    `first one ${readable(first.tookMs)}`,
);
const [{ sentence }] = [await posted.predict("delay", "leader", { delay: delayMs, client: "warm" })];
print(`predicted for warm: ${sentence}`);
print(`predicted: ${delayedWords(consumer, delayMs)}`);
posted.step("delay, all");
const delay = await posted.net.delay("leader", delayMs);
print(
  `delayed broker ${delay.targets} by ${readable(delayMs)} (${delay.via}), took ${readable(delay.tookMs)}`,
);
const rows: MeasuredStep[] = [
  await measureStep(posted, steps.warm, { where: "posted, all", delayMs: delayMs, leader, probe: warm }),
];
print(`warm send: ${rows[0]!.outcome} after ${rows[0]!.count} D`);
const { service } = before.brokers.find(({ broker }) => broker === leader)!;
const filters = [
  ...["--filter", "label=kafka-failure-lab"],
  ...["--filter", `label=com.docker.compose.service=${service}`],
];
const endpoint = address.replace(":", "/");
const request = String.raw`\0\0\0\15\0\22\0\0\0\0\0\1\0\3lab`; // ApiVersions
const ask = `exec 3<>/dev/tcp/${endpoint}; printf '${request}' >&3; head -c 4 <&3 > /dev/null`;
print(
  await posted.capture(() =>
    posted.engine.kind === "docker"
      ? $`docker exec $(docker ps -q ${filters}) tc qdisc show dev eth0`
      : $`TIMEFORMAT='answer after %R s'; time bash -c ${ask}`,
  ),
);

// %% [markdown]
// ## New clients
//
// They have to bootstrap first. Four of them: the posted settings; the posted remedy, a request timeout of 20 D; sufficient settings; and a second bootstrap server without a delay.

// %% [markdown] {"lang":"ko"}
// ## 새 클라이언트
//
// bootstrap부터 해야 하는 클라이언트입니다. 원문의 설정, 원문에서 시도한 해결책(request timeout 20 D), 충분한 설정, 그리고 지연이 없는 두 번째 bootstrap 서버를 차례로 시험합니다.

// %% cold clients
for (const step of steps.cold) {
  const row = await measureStep(posted, step, { where: "posted, all", delayMs: delayMs, leader: leader });
  rows.push(row);
  print(
    `${step.name} (${step.settings}): ${row.outcome} after ${row.count} ` +
      `D${row.error === undefined ? "" : `; ${row.error.split("\n", 1)[0]}`}`,
  );
}

// %% [markdown]
// A new client waits for several responses: ApiVersions (2 D, because connecting takes 1 D as well), Metadata, and ApiVersions again on the connection to the leader. kafkajs limits each response only, so the remedy works for it. Kafka's own client also limits their sum, by `max.block.ms`, posted 2 D: with `--client java` in the first cell the remedy fails as posted, with "Topic my_topic not present in metadata".
//
// ## The delay is removed
//
// Then three brokers, one of them delayed towards clients only. This is the case that the chapter describes: the cluster works, the path to it is slow.

// %% [markdown] {"lang":"ko"}
// 새 클라이언트는 여러 응답을 기다립니다. ApiVersions(연결에도 1 D가 걸리므로 2 D), Metadata, 그리고 리더와의 연결에서 다시 ApiVersions입니다. kafkajs는 응답 하나하나의 시간만 제한하므로 이 해결책으로 충분합니다. Kafka의 Java 클라이언트는 전체 시간도 `max.block.ms`(원문에서는 2 D)로 제한합니다. 첫 셀을 `--client java`로 바꾸면 원문과 같이 "Topic my_topic not present in metadata"로 끝납니다.
//
// ## 지연을 없앤다
//
// 그다음은 브로커 세 대 가운데 하나를 클라이언트 쪽으로만 늦춥니다. 책이 말하는 상황입니다. 클러스터는 정상이고 경로만 느립니다.

// %% removed, clients only
posted.step("removed");
const reads = consumer.processed(1, { timeout: "1m" });
const healedMs = posted.run.now();
await delay.heal();
const readsAgain = await comes(reads);
const times = { sinceMs: delay.sinceMs, healedMs: healedMs, delayMs: delayMs };
const delayed = delayedConsumer(posted, consumer, times);
print(`${delayed.words}; without the delay it ${readsAgain ? "reads again" : "reads nothing"}`);
rows.push(delayed.row);
rows.push(await measureStep(posted, steps.last, { where: "posted, none", delayMs: delayMs, leader: leader }));
print(`a new client: ${rows.at(-1)!.outcome} after ${readable(rows.at(-1)!.tookMs)}`);
const endedPosted = await posted.conclude({
  claim: "clients of the posted cluster need as many delayed answers as predicted",
  checks: ["noLostWrites", "noPhantomWrites", "duplicates"],
  holds: mergeVerdicts([verdictOf(rows), readsAgain]),
  print: !options.json,
  exitCode: false,
});
const lab = await startLab({ ...options.lab, compose: ["three-brokers"] });
const { leader: led } = (await lab.cluster.waitFor("full isr")).partitions.find(
  ({ topic }) => topic === lab.topic,
)!;
const own = (await lab.cluster.describe()).brokers.find(({ broker }) => broker === led)!.endpoint;
const patient = lab.probe({ ...steps.patient.options, name: "patient", bootstrap: [own] });
const moving = lab.probe({ ...steps.failover.options, name: "moves on" });
await Promise.all([patient.send(), moving.send()]);
const apart = await lab.predict("delay", led!, { delay: delayMs, path: "clients", client: "patient" });
print(`predicted for patient: ${apart.sentence}`);
lab.step("delay, clients");
const towards = await lab.net.delay(led!, delayMs, { path: "clients" });
const three: MeasuredStep[] = [
  await measureStep(lab, steps.patient, {
    where: "three, clients",
    delayMs: delayMs,
    leader: led!,
    probe: patient,
  }),
];
const stays =
  (await lab.cluster.describe()).partitions.find(({ topic }) => topic === lab.topic)!.leader === led;
await towards.heal();
print(
  `delayed towards clients: ${three[0]!.outcome} after ${three[0]!.count} D; broker ${led} ` +
    `${stays ? "goes on leading" : "does not lead any more"}`,
);

// %% [markdown]
// ## Three brokers, delayed altogether
//
// `tc` on the whole interface also delays heartbeats and replication. The controller fences the broker and another one becomes leader: this tests failover, not latency. A client that closes the connection after a request timeout finds the new leader.

// %% [markdown] {"lang":"ko"}
// ## 브로커 세 대, 모든 방향의 지연
//
// 인터페이스 전체에 적용한 `tc`는 heartbeat와 replication도 늦춥니다. controller가 그 브로커를 fencing하고 다른 브로커가 리더가 됩니다. 이것은 지연이 아니라 failover를 시험합니다. request timeout 뒤에 연결을 닫는 클라이언트는 새 리더를 찾습니다.

// %% all of it
const together = await lab.predict("delay", led!, { delay: delayMs, client: "moves on" });
print(`predicted for moves on: ${together.sentence}`);
lab.step("delay, all");
const whole = await lab.net.delay(led!, delayMs);
const sending = measureStep(lab, steps.failover, {
  where: "three, all",
  delayMs: delayMs,
  leader: led!,
  probe: moving,
});
const moved = await lab.cluster
  .waitFor(
    ({ partitions }) =>
      partitions.some(({ topic, leader }) => topic === lab.topic && leader !== null && leader !== led),
    { timeout: 4 * delayMs + 30_000 },
  )
  .then(
    () => true,
    () => false,
  );
three.push(await sending);
await whole.heal();
await lab.cluster.waitFor("full isr");
print(
  `delayed altogether: ${moved ? "another broker leads" : "nobody else leads"}; ${three.at(-1)!.outcome} ` +
    `after ${three.at(-1)!.count} D`,
);
three.push(await measureStep(lab, steps.last, { where: "three, none", delayMs: delayMs, leader: led! }));
print(`removed, a new client: ${three.at(-1)!.outcome} after ${readable(three.at(-1)!.tookMs)}`);

// %% [markdown]
// ## Round trips, predicted and measured
//
// The prediction counts the responses that each client needs; the measurement divides the elapsed time by D.

// %% [markdown] {"lang":"ko"}
// ## 왕복 횟수, 예측과 측정
//
// 예측은 클라이언트마다 필요한 응답의 수이고, 측정은 걸린 시간을 D로 나눈 값입니다.

// %% table
const all = [...rows, ...three];
await show(stepTable(all));
await show(await stepPicture(all));
await show(partTable(all));
for (const line of missLines(all)) print(`not as predicted: ${line}`);

// %% verdict
const claim =
  `with every answer D = ${readable(delayMs)} late, warm clients need 1 D and new ones as ` +
  "many as counted; towards clients only the leader stays, altogether it moves; nothing " +
  "acknowledged is lost";
const endedThree = await lab.conclude({
  claim,
  checks: ["noLostWrites", "noPhantomWrites", "duplicates"],
  holds: mergeVerdicts([verdictOf(three), stays && moved]),
  print: !options.json,
  exitCode: false,
});
const verdict = mergeVerdicts([endedPosted.verdict, endedThree.verdict]);
print(`\nclaim: ${claim}\n${verdictWords(verdict)}`);
finish(options, {
  scenario: "03-long-delay",
  claim,
  verdict,
  exitCode: exitCodeOf(verdict),
  figures: {
    "delayed towards clients, the leader stays": { value: stays },
    "delayed altogether, another leads": { value: moved },
    "the posted consumer reads again without the delay": { value: readsAgain },
    ...Object.fromEntries(
      all.map(({ step, where, outcome, tookMs }) => [
        `${step.name} (${where})`,
        step.predicted.ends === "race"
          ? { value: "a race" }
          : {
              ms: outcome === "ok" ? tookMs : null,
              within: [0, (step.predicted.count + 2) * delayMs] as const,
            },
      ]),
    ),
  },
  client: client,
  delayMs: delayMs,
  scale: options.scale,
  timers: options.timers,
  steps: all.map(rowOf),
  stays: stays,
  moved: moved,
  engine: lab.engine.kind,
  kafka: lab.engine.kafka,
  runs: [endedPosted.dir, endedThree.dir],
});
