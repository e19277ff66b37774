#!/usr/bin/env -S NODE_OPTIONS=--import=tsx npx zx
// The script and the notebook: `npx tsx scripts/04-your-own-compose.ts --help`

// %% [markdown]
// # Your own compose file
//
// **Claim:** with this file, `acks: 1` loses acknowledged records if the leader is isolated from its followers and then fails; `acks: "all"` loses none.
//
// The lab needs only a compose file to start a cluster. This notebook uses `compose/shop.yml`, a typical file. Replace it by the path of yours in the next cell
// (`--cluster /path/to/docker-compose.yml`), and set your topic and your producer's settings below: would you have lost data?

// %% [markdown] {"lang":"ko"}
// # 여러분의 compose 파일
//
// **주장:** 이 파일에서는 리더가 follower와 단절된 뒤 종료되면, `acks: 1`은 ack를 받은 레코드를 잃고 `acks: "all"`은 잃지 않습니다.
//
// 클러스터를 띄우는 데는 compose 파일만 있으면 됩니다. 이 노트북은 흔히 볼 수 있는 파일인 `compose/shop.yml`을 씁니다. 다음 셀에서 여러분의 파일 경로로 바꾸고(`--cluster /경로/docker-compose.yml`), 아래에서 토픽과 프로듀서 설정도 바꿔
// 보십시오. 여러분의 데이터는 유실되었겠습니까?

// %% start
import { noLostWrites, readable, startLab, tableOf } from "@kafka-failure-lab/sdk";
import { about, finish, output, ownArguments, scenarioOptions } from "@kafka-failure-lab/sdk/scenario";

const options = scenarioOptions(
  {
    scenario: "04-your-own-compose",
    about:
      "cuts the leader off from its followers, kills it, and counts what was lost with acks 1 and with " +
      "acks all",
    cluster: "shop",
    how: "kill",
  },
  ownArguments("--cluster shop --timers fast"),
);
const { print, show } = output(options);
const lab = await startLab({ ...options.lab, topic: { name: "orders" } });
await show(about(lab));
print(`your application reaches it at ${lab.bootstrap.join(",")} while this notebook waits`);

// %% [markdown]
// ## Two producers
//
// They differ in one setting. `settings` lists every setting, defaults included. Your own application may send to the same topic now; `npm run app -- --bootstrap
// …` runs that of [the posted experiment](../docs/posted-experiment.md).

// %% [markdown] {"lang":"ko"}
// ## 두 프로듀서
//
// 설정 하나만 다릅니다. `settings`에는 기본값을 포함한 모든 설정이 있습니다. 지금 여러분의 애플리케이션이 같은 토픽에 보내도 됩니다. [원문의 실험](../docs/posted-experiment.md)에 나온 애플리케이션은 `npm run app -- --bootstrap
// …`으로 실행합니다.

// %% producers
const acksOf = { "acks 1": 1, "acks all": "all" } as const;
const loads = (["acks 1", "acks all"] as const).map((name) =>
  lab.probe({ name, acks: acksOf[name], requestTimeout: "2s" }).start({ perSecond: 50 }),
);
await Promise.all(loads.map((load) => load.acknowledged(50)));
const before = (await lab.cluster.describe()).partitions.find(({ topic }) => topic === "orders")!;
print(
  `orders: leader ${before.leader}, ISR [${before.isr.join(", ")}]; ` +
    `${loads.map(({ counts }) => counts.ok).join(" and ")} acknowledged`,
);

// %% [markdown]
// ## The leader is isolated, then killed
//
// The leader is isolated from the other brokers, but not from clients, as by a failed switch. Replication stops. Which producer is still acknowledged? Then the
// leader is killed. A prediction precedes each fault.

// %% [markdown] {"lang":"ko"}
// ## 리더를 격리한 뒤 kill합니다
//
// 스위치 고장처럼, 리더가 다른 브로커와 단절되고 클라이언트와는 연결되어 있습니다. replication이 멈춥니다. 어느 프로듀서가 ack를 받습니까? 그다음 리더를 kill합니다. 각 장애 전에 예측을 출력합니다.

// %% fault
for (const client of ["acks 1", "acks all"]) {
  const { sentence } = await lab.predict("isolate", "leader", { path: "peers", client: client });
  print(`predicted for ${client}, cut off: ${sentence}`);
}
lab.step("cut off");
const had = loads.map(({ counts }) => counts.ok);
const cut = await lab.net.isolate("leader", { path: "peers" });
await loads[0]!.acknowledged(50);
print(
  `broker ${cut.targets} is cut off from the others (${cut.via}); acknowledged since: ` +
    `${loads.map(({ counts }, i) => `${["acks 1", "acks all"][i]} ${counts.ok - had[i]!}`).join(", ")}`,
);
for (const client of ["acks 1", "acks all"]) {
  const { sentence } = await lab.predict("kill", cut.targets[0]!, { client: client });
  print(`predicted for ${client}, killed: ${sentence}`);
}
lab.step("killed");
const killed = await lab.cluster.kill(cut.targets[0]!);
const after = await lab.cluster.waitFor(
  ({ partitions }) =>
    partitions.some(({ topic, leader }) => topic === "orders" && leader !== null && leader !== before.leader),
  { timeout: options.window },
);
print(
  `${killed.kind} broker ${killed.targets} (${killed.via}): leader ${before.leader} → ` +
    `${after.partitions.find(({ topic }) => topic === "orders")!.leader}`,
);
await Promise.all(loads.map((load) => load.acknowledged(50)));
print("both producers are served by the new leader");

// %% [markdown]
// With `acks: 1` the isolated leader keeps acknowledging records that no follower has. The controller then elects a follower that is still in the ISR, because it
// has not lagged for `replica.lag.time.max.ms` (30 s). Records that only the killed broker had are lost: when it returns, it truncates its log to the new
// leader's.
//
// ## The broker returns

// %% [markdown] {"lang":"ko"}
// `acks: 1`이면 격리된 리더는 다른 replica에 없는 레코드에도 계속 ack를 보냅니다. controller는 아직 ISR에 있는 follower를 리더로 선출합니다. `replica.lag.time.max.ms`(30초)만큼 뒤처지지 않았기 때문입니다. kill된 브로커에만
// 있던 레코드는 사라집니다. 그 브로커는 돌아와서 자기 로그를 새 리더에 맞춰 truncate합니다.
//
// ## 브로커가 돌아온다

// %% heal
await cut.heal();
await killed.heal();
await lab.cluster.waitFor("full isr");
await Promise.all(loads.map((load) => load.stop()));
print("every replica is in sync again");

// %% [markdown]
// ## What was lost

// %% [markdown] {"lang":"ko"}
// ## 무엇을 잃었을까

// %% verdict
const claim =
  "acks 1 loses records that were acknowledged when the leader is cut off from its followers and dies; " +
  "acks all loses none";
const { verdict, exitCode } = await lab.conclude({
  claim,
  checks: ["noPhantomWrites"],
  holds: (_, history) =>
    noLostWrites(history, { client: "acks 1" }).facts.lost > 0 &&
    noLostWrites(history, { client: "acks all" }).facts.lost === 0,
  print: !options.json,
});
const found = (["acks 1", "acks all"] as const).map((client) => ({
  client,
  facts: noLostWrites(lab.run.history, { client }).facts,
}));
await show(
  tableOf(
    [
      ["producer", "acknowledged", "lost", "the first of them"],
      ...found.map(({ client, facts }) => [
        client,
        String(facts.acknowledged),
        String(facts.lost),
        facts.lost > 0
          ? `sent at ${readable(facts.examples[0]!.atMs)}, offset ${facts.examples[0]!.offset}`
          : "",
      ]),
    ],
    { align: ["left", "right", "right", "left"] },
  ),
);
finish(options, {
  scenario: options.scenario,
  claim,
  verdict,
  exitCode,
  figures: Object.fromEntries(
    found.map(({ client, facts }) => [`${client}: loses acknowledged records`, { value: facts.lost > 0 }]),
  ),
  lost: Object.fromEntries(found.map(({ client, facts }) => [client, facts.lost])),
  kafka: lab.engine.kafka,
  engine: lab.engine.kind,
  compose: options.lab.compose,
});

// %% [markdown]
// One setting of the producer decides. `min.insync.replicas` 2 is its counterpart on the topic: with 1, as here, `acks: "all"` means all replicas in sync, and
// that may be the leader alone.

// %% [markdown] {"lang":"ko"}
// 프로듀서의 설정 하나가 결과를 정합니다. 토픽에서 이에 대응하는 설정은 `min.insync.replicas` 2입니다. 여기처럼 1이면 `acks: "all"`은 in-sync인 replica 전부를 뜻하며, 리더 하나뿐일 수도 있습니다.
