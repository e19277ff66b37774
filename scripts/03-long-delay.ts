#!/usr/bin/env -S npx tsx
// The script and the notebook: `npx tsx scripts/03-long-delay.ts --help`

// %% [markdown]
// # A long delay
//
// **Claim:** a broker whose every answer is D late serves warm clients after 1 D; a new client needs several answers before it knows the topic,
// so raising the request timeout alone is not what decides: it must be counted which timer allows how many D. Delayed only towards clients, the
// broker goes on leading; delayed altogether, it is fenced and another one leads. Nothing acknowledged is lost.
//
// The chapter asks for "high latency between the client and the broker". The posted experiment made it with `tc qdisc add dev eth0 root netem delay
// 30000ms`: the send took 30,007 ms. With `request.timeout.ms` raised it ended with "Topic my_topic not present in metadata after 60000 ms".

// %% [markdown] {"lang":"ko"}
// # 긴 지연
//
// **주장:** 모든 응답이 D만큼 늦은 브로커라도 warm 클라이언트는 1 D 뒤에 ack를 받는다. 새 클라이언트는 토픽을 알기까지 응답이 여러 번 필요하므로, request timeout만 늘리는 것으로는 결정되지 않는다.
// 어느 타이머가 D를 몇 번까지 허락하는지 세어야 한다. 클라이언트 쪽으로만 늦으면 그 브로커가 계속 리더이고, 모든 방향으로 늦으면 fencing되어 다른 브로커가 리더가 된다. ack를 받은 레코드는
// 사라지지 않는다.
//
// 책은 "클라이언트와 브로커 사이의 긴 지연"을 시험해 보라고 한다. 글에서는 `tc qdisc add dev eth0 root netem delay 30000ms`로 만들었고 send에 30,007 ms가 걸렸다. `request.timeout.ms`를 늘렸더니 이번에는
// "Topic my_topic not present in metadata after 60000 ms"로 끝났다. 여기서는 D를 3초로, 관련 타이머도 모두 같은 비율로 줄였다. `--delay 30s`가 원래 길이다.

// %% start
import { about, exitCodeOf, finish, mergeVerdicts, output, ownArguments, readable, startLab } from "@kafka-failure-lab/sdk";
import { delayOptions, measureStep, type MeasuredStep, missLines, partTable, rowOf, stepPicture, stepsOf, stepTable, verdictOf } from "@kafka-failure-lab/scripts/delay";

const options = delayOptions(ownArguments("--delay 3s --client kafkajs"));
const { delayMs, client } = options;
const steps = stepsOf(options);
const { print, show } = output(options);
const posted = await startLab({ ...options.lab, compose: ["as-posted"], topic: { name: "my_topic", create: false } });
print(`client ${client}; D = ${readable(delayMs)}${options.scale === 1 ? ", at full length" : `: the posted 30 s, and the client's timers with it, times ${Number(options.scale.toFixed(3))}; brokers have ${options.timers} timers`}`);
await show(about(posted));

// %% [markdown]
// ## A warm client, and everything that the leader's broker sends D late
//
// A client that knows the cluster; its only bootstrap server is the broker that leads the topic, as in the posted application. It needs one answer: 1 D. But D is
// also its request timeout, so milliseconds decide whether the answer or the timeout comes first.

// %% [markdown] {"lang":"ko"}
// ## warm 클라이언트, 그리고 D만큼 늦는 리더
//
// 이미 클러스터를 아는 클라이언트다. 글 속의 애플리케이션처럼 bootstrap 서버는 토픽의 리더 브로커 하나뿐이다. 응답 하나, 즉 1 D면 된다. 그런데 D는 이 클라이언트의 request timeout이기도
// 해서, 응답이 먼저냐 timeout이 먼저냐는 밀리초가 가른다.

// %% delay
posted.step("normal");
await posted.probe.send(); // creates the topic
const before = await posted.cluster.waitFor(({ partitions }) => partitions.some(({ topic, leader }) => topic === "my_topic" && leader !== null));
const leader = before.partitions.find(({ topic }) => topic === "my_topic")!.leader!;
const address = before.brokers.find(({ broker }) => broker === leader)!.endpoint;
const warm = posted.probe({ ...steps.warm.options, name: "warm", bootstrap: [address] });
const first = await warm.send();
print(`leader of my_topic: broker ${leader}; a warm send took ${readable((await warm.send()).tookMs)}, the first one ${readable(first.tookMs)}`);
const [{ sentence }] = [await posted.predict("delay", "leader", { delay: delayMs, client: "warm" })];
print(`predicted for warm: ${sentence}`);
posted.step("delay, all");
const delay = await posted.net.delay("leader", delayMs);
print(`delayed broker ${delay.targets} by ${readable(delayMs)} (${delay.via}), took ${readable(delay.tookMs)}`);
const rows: MeasuredStep[] = [await measureStep(posted, steps.warm, { where: "posted, all", delayMs: delayMs, leader, probe: warm })];
print(`warm send: ${rows[0]!.outcome} after ${rows[0]!.count} D`);

// %% [markdown]
// ## New clients
//
// They have to find the cluster first. With the posted settings; with the posted remedy, a request timeout of 20 D; with the settings that are
// enough; and with a second, sound bootstrap server.

// %% [markdown] {"lang":"ko"}
// ## 새 클라이언트
//
// 클러스터부터 찾아야 하는 클라이언트들이다. 글 그대로의 설정, 글에서 시도한 처방(request timeout 20 D), 충분한 설정, 그리고 멀쩡한 두 번째 bootstrap 서버를 차례로 시험한다.

// %% cold clients
for (const step of steps.cold) {
  const row = await measureStep(posted, step, { where: "posted, all", delayMs: delayMs, leader: leader });
  rows.push(row);
  print(`${step.name} (${step.settings}): ${row.outcome} after ${row.count} D${row.error === undefined ? "" : `; ${row.error.split("\n", 1)[0]}`}`);
}

// %% [markdown]
// A new client waits for several answers: ApiVersions (2 D, because the connection itself is late), Metadata, and the same again on the connection to the leader. kafkajs has a clock for each
// answer only, so the remedy is enough for it. Kafka's own client also has one for all of them together, `max.block.ms`, posted 2 D: with `--client java` in the first cell the
// remedy ends as posted, "Topic my_topic not present in metadata".
//
// ## The delay is removed
//
// And then three brokers, delayed towards clients only. This is what the chapter means: the cluster is sound, the way to it is long.

// %% [markdown] {"lang":"ko"}
// 새 클라이언트가 기다리는 응답은 여러 개다. ApiVersions(연결 자체도 늦으므로 2 D), Metadata, 그리고 리더와의 연결에서 다시 같은 과정. kafkajs는 응답마다 시계가 하나씩 있을 뿐이라 이 처방으로 충분하다.
// Kafka 자체 클라이언트에는 전체를 재는 시계 `max.block.ms`(글에서는 2 D)가 하나 더 있다. 첫 셀을 `--client java`로 바꾸면 처방을 써도 글과 똑같이 "Topic my_topic not present in metadata"로 끝난다.
//
// ## 지연을 없앤다
//
// 그다음은 브로커 세 대를 클라이언트 쪽으로만 늦춘다. 책이 말하는 상황이다. 클러스터는 멀쩡하고 가는 길만 멀다.

// %% removed, clients only
posted.step("removed");
await delay.heal();
rows.push(await measureStep(posted, steps.last, { where: "posted, none", delayMs: delayMs, leader: leader }));
print(`a new client: ${rows.at(-1)!.outcome} after ${readable(rows.at(-1)!.tookMs)}`);
const endedPosted = await posted.conclude({ claim: "clients of the posted cluster need as many delayed answers as predicted", checks: ["noLostWrites", "noPhantomWrites", "duplicates"], holds: verdictOf(rows), print: !options.json, exitCode: false });
const lab = await startLab({ ...options.lab, compose: ["three-brokers"] });
const { leader: led } = (await lab.cluster.waitFor("full isr")).partitions.find(({ topic }) => topic === lab.topic)!;
const own = (await lab.cluster.describe()).brokers.find(({ broker }) => broker === led)!.endpoint;
const patient = lab.probe({ ...steps.patient.options, name: "patient", bootstrap: [own] });
const moving = lab.probe({ ...steps.failover.options, name: "moves on" });
await Promise.all([patient.send(), moving.send()]);
const apart = await lab.predict("delay", led!, { delay: delayMs, path: "clients", client: "patient" });
print(`predicted for patient: ${apart.sentence}`);
lab.step("delay, clients");
const towards = await lab.net.delay(led!, delayMs, { path: "clients" });
const three: MeasuredStep[] = [await measureStep(lab, steps.patient, { where: "three, clients", delayMs: delayMs, leader: led!, probe: patient })];
const stays = (await lab.cluster.describe()).partitions.find(({ topic }) => topic === lab.topic)!.leader === led;
await towards.heal();
print(`delayed towards clients: ${three[0]!.outcome} after ${three[0]!.count} D; broker ${led} ${stays ? "goes on leading" : "does not lead any more"}`);

// %% [markdown]
// ## Three brokers, delayed altogether
//
// `tc` on the whole interface also delays heartbeats and replication. The controller fences the broker, and another one leads: this tests a fail-over, not a
// long way. A client that drops the connection when its request times out finds the new leader.

// %% [markdown] {"lang":"ko"}
// ## 브로커 세 대, 모든 방향의 지연
//
// 인터페이스 전체에 건 `tc`는 heartbeat와 replication까지 늦춘다. controller는 그 브로커를 fencing하고 다른 브로커가 리더가 된다. 이것은 먼 길이 아니라 failover 시험이다. request timeout 때 연결을
// 끊는 클라이언트는 새 리더를 찾는다.

// %% all of it
const together = await lab.predict("delay", led!, { delay: delayMs, client: "moves on" });
print(`predicted for moves on: ${together.sentence}`);
lab.step("delay, all");
const whole = await lab.net.delay(led!, delayMs);
const sending = measureStep(lab, steps.failover, { where: "three, all", delayMs: delayMs, leader: led!, probe: moving });
const moved = await lab.cluster.waitFor(({ partitions }) => partitions.some(({ topic, leader }) => topic === lab.topic && leader !== null && leader !== led), { timeout: 4 * delayMs + 30_000 }).then(() => true, () => false);
three.push(await sending);
await whole.heal();
await lab.cluster.waitFor("full isr");
print(`delayed altogether: ${moved ? "another broker leads" : "nobody else leads"}; ${three.at(-1)!.outcome} after ${three.at(-1)!.count} D`);
three.push(await measureStep(lab, steps.last, { where: "three, none", delayMs: delayMs, leader: led! }));
print(`removed, a new client: ${three.at(-1)!.outcome} after ${readable(three.at(-1)!.tookMs)}`);

// %% [markdown]
// ## Round trips, predicted and measured
//
// The prediction counts the answers that each client needs; the measurement divides what it took by D.

// %% [markdown] {"lang":"ko"}
// ## 왕복 횟수, 예측과 측정
//
// 예측은 클라이언트마다 필요한 응답을 센 것이고, 측정은 걸린 시간을 D로 나눈 것이다.

// %% table
const all = [...rows, ...three];
await show(stepTable(all));
await show(await stepPicture(all));
await show(partTable(all));
for (const line of missLines(all)) print(`not as predicted: ${line}`);

// %% verdict
const claim = `with every answer D = ${readable(delayMs)} late, warm clients need 1 D and new ones as many as counted; towards clients only the leader stays, altogether it moves; nothing acknowledged is lost`;
const endedThree = await lab.conclude({ claim, checks: ["noLostWrites", "noPhantomWrites", "duplicates"], holds: verdictOf(three) === true && stays && moved, print: !options.json, exitCode: false });
const verdict = mergeVerdicts([endedPosted.verdict, endedThree.verdict]);
print(`\nclaim: ${claim}\n${verdict === true ? "it held" : verdict === false ? "it did not hold" : "it cannot be told"}`);
finish(options, {
  scenario: "03-long-delay", claim, verdict, exitCode: exitCodeOf(verdict),
  figures: {
    "delayed towards clients, the leader stays": { value: stays },
    "delayed altogether, another leads": { value: moved },
    ...Object.fromEntries(all.map(({ step, where, outcome, tookMs }) => [`${step.name} (${where})`, step.predicted.ends === "race" ? { value: "a race" } : { ms: outcome === "ok" ? tookMs : null, within: [0, (step.predicted.count + 2) * delayMs] as const }])),
  },
  client: client, delayMs: delayMs, scale: options.scale, timers: options.timers, steps: all.map(rowOf), stays: stays, moved: moved, engine: lab.engine.kind, kafka: lab.engine.kafka, runs: [endedPosted.dir, endedThree.dir],
});
