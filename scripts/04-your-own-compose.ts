#!/usr/bin/env -S npx tsx
// The script and the notebook: `npx tsx scripts/04-your-own-compose.ts --help`

// %% [markdown]
// # Your own compose file
//
// **Claim:** with this file, `acks: 1` loses records that were acknowledged when the leader is cut off from its followers and dies; `acks: "all"` loses none.
//
// A compose file is all that the lab needs to know of a cluster. This notebook takes `compose/shop.yml`, a file as many have it. Put the path of yours in its place in the next cell
// (`--cluster /path/to/docker-compose.yml`), and your topic and your producer's settings further down: would it have cost you data?

// %% [markdown] {"lang":"ko"}
// # 여러분의 compose 파일
//
// **주장:** 이 파일에서는 리더가 follower와 단절된 채 죽으면, `acks: 1`은 ack를 받은 레코드를 잃고 `acks: "all"`은 하나도 잃지 않는다.
//
// 실험실이 클러스터에 대해 알아야 할 것은 compose 파일 하나뿐이다. 이 노트북은 흔히 볼 수 있는 파일인 `compose/shop.yml`을 쓴다. 다음 셀에서 여러분의 파일 경로로 바꾸고(`--cluster
// /경로/docker-compose.yml`), 아래에서 토픽과 프로듀서 설정도 바꿔 보자. 여러분의 데이터는 무사했을까?

// %% start
import { about, finish, output, ownArguments, readable, scenarioOptions, startLab, noLostWrites, tableOf } from "@kafka-failure-lab/sdk";

const options = scenarioOptions({ scenario: "04-your-own-compose", about: "cuts the leader off from its followers, kills it, and counts what was lost with acks 1 and with acks all", cluster: "shop", how: "kill" }, ownArguments("--cluster shop --timers fast"));
const { print, show } = output(options);
const lab = await startLab({ ...options.lab, topic: { name: "orders" } });
await show(about(lab));
print(`your application reaches it at ${lab.bootstrap.join(",")} while this notebook waits`);

// %% [markdown]
// ## Two producers
//
// They differ in one setting. Everything that a probe does not name is written out in `settings`, so that nothing is decided by a default nobody looked at. Your own application may send to
// the same topic now: `npm run app -- --bootstrap …` is the posted one.

// %% [markdown] {"lang":"ko"}
// ## 두 프로듀서
//
// 설정 하나만 다르다. probe에 적지 않은 설정도 모두 `settings`에 드러나 있어서, 아무도 들여다보지 않은 기본값이 결과를 정하는 일이 없다. 지금 여러분의 애플리케이션이 같은 토픽에 보내도 된다.
// 글 속의 애플리케이션은 `npm run app -- --bootstrap …`이다.

// %% producers
const acksOf = { "acks 1": 1, "acks all": "all" } as const;
const loads = (["acks 1", "acks all"] as const).map((name) => lab.probe({ name, acks: acksOf[name], requestTimeout: "2s" }).start({ perSecond: 50 }));
await Promise.all(loads.map((load) => load.acknowledged(50)));
const before = (await lab.cluster.describe()).partitions.find(({ topic }) => topic === "orders")!;
print(`orders: leader ${before.leader}, ISR [${before.isr.join(", ")}]; ${loads.map(({ counts }) => counts.ok).join(" and ")} acknowledged`);

// %% [markdown]
// ## Cut off, then dead
//
// The leader is cut off from the other brokers, but not from clients: a switch that fails, a rack that burns slowly. Replication stands still. Who is still acknowledged? Then the leader dies.
// What should happen is said before each.

// %% [markdown] {"lang":"ko"}
// ## 단절, 그리고 죽음
//
// 리더가 다른 브로커와는 끊기고 클라이언트와는 이어져 있다. 스위치 고장이나 천천히 타들어 가는 랙을 떠올려 보자. replication은 멈춘다. 누가 여전히 ack를 받을까? 그다음 리더가 죽는다. 각각의 앞에서 무슨 일이 일어날지 먼저 말한다.

// %% fault
for (const client of ["acks 1", "acks all"]) {
  const { sentence } = await lab.predict("isolate", "leader", { path: "peers", client: client });
  print(`predicted for ${client}, cut off: ${sentence}`);
}
lab.step("cut off");
const had = loads.map(({ counts }) => counts.ok);
const cut = await lab.net.isolate("leader", { path: "peers" });
await loads[0]!.acknowledged(50);
print(`broker ${cut.targets} is cut off from the others (${cut.via}); acknowledged since: ${loads.map(({ counts }, i) => `${["acks 1", "acks all"][i]} ${counts.ok - had[i]!}`).join(", ")}`);
for (const client of ["acks 1", "acks all"]) {
  const { sentence } = await lab.predict("kill", cut.targets[0]!, { client: client });
  print(`predicted for ${client}, killed: ${sentence}`);
}
lab.step("killed");
const killed = await lab.cluster.kill(cut.targets[0]!);
const after = await lab.cluster.waitFor(({ partitions }) => partitions.some(({ topic, leader }) => topic === "orders" && leader !== null && leader !== before.leader), { timeout: options.window });
print(`${killed.kind} broker ${killed.targets} (${killed.via}): leader ${before.leader} → ${after.partitions.find(({ topic }) => topic === "orders")!.leader}`);
await Promise.all(loads.map((load) => load.acknowledged(50)));
print("both producers are served by the new leader");

// %% [markdown]
// With `acks: 1` the cut-off leader answers alone: it goes on acknowledging what nobody else has. The controller then elects a follower that is still in the ISR, because it has not lagged for
// `replica.lag.time.max.ms` (30 s) yet, and what only the dead broker had is gone: when it comes back it truncates its log to the new leader's.
//
// ## It comes back

// %% [markdown] {"lang":"ko"}
// `acks: 1`이면 고립된 리더가 혼자 답한다. 다른 누구에게도 없는 레코드에 계속 ack를 준다. controller는 아직 ISR에 남아 있는 follower를 리더로 뽑는다. `replica.lag.time.max.ms`(30초)만큼 뒤처지지
// 않았기 때문이다. 죽은 브로커에만 있던 레코드는 사라진다. 그 브로커는 돌아와서 자기 로그를 새 리더에 맞춰 truncate한다.
//
// ## 브로커가 돌아온다

// %% heal
await cut.heal();
await killed.heal();
await lab.cluster.waitFor("full isr");
await Promise.all(loads.map((load) => load.stop()));
print("every replica is in sync again");

// %% [markdown]
// ## What it would have cost

// %% [markdown] {"lang":"ko"}
// ## 무엇을 잃었을까

// %% verdict
const claim = "acks 1 loses records that were acknowledged when the leader is cut off from its followers and dies; acks all loses none";
const { verdict, exitCode } = await lab.conclude({
  claim,
  checks: ["noPhantomWrites"],
  holds: (_, history) => noLostWrites(history, { client: "acks 1" }).facts.lost > 0 && noLostWrites(history, { client: "acks all" }).facts.lost === 0,
  print: !options.json,
});
const found = (["acks 1", "acks all"] as const).map((client) => ({ client, facts: noLostWrites(lab.run.history, { client }).facts }));
await show(tableOf([["producer", "acknowledged", "lost", "the first of them"], ...found.map(({ client, facts }) => [client, String(facts.acknowledged), String(facts.lost), facts.lost > 0 ? `sent at ${readable(facts.examples[0]!.atMs)}, offset ${facts.examples[0]!.offset}` : ""])], { align: ["left", "right", "right", "left"] }));
finish(options, {
  scenario: options.scenario, claim, verdict, exitCode,
  figures: Object.fromEntries(found.map(({ client, facts }) => [`${client}: loses acknowledged records`, { value: facts.lost > 0 }])),
  lost: Object.fromEntries(found.map(({ client, facts }) => [client, facts.lost])),
  kafka: lab.engine.kafka, engine: lab.engine.kind, compose: options.lab.compose,
});

// %% [markdown]
// One setting, on the producer's side. `min.insync.replicas` 2 is its counterpart on the topic: with 1, as here, `acks: "all"` means "all that are in sync", and that may be the leader alone.

// %% [markdown] {"lang":"ko"}
// 프로듀서 쪽 설정 하나의 차이다. 토픽 쪽의 짝은 `min.insync.replicas` 2다. 여기처럼 1이면 `acks: "all"`은 "in-sync인 전부"라는 뜻이고, 그것이 리더 혼자일 수도 있다.
