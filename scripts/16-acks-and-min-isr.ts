#!/usr/bin/env -S NODE_OPTIONS=--import=tsx npx zx
// The script and the notebook: `npx tsx scripts/16-acks-and-min-isr.ts --help`

// %% [markdown]
// # acks and min.insync.replicas
//
// **Claim:** below `min.insync.replicas` a topic refuses `acks=all` and acknowledges `acks=1`, but no consumer sees those records. If the leader dies then, they stay where it left them; since Kafka 4.1 a replica that is back before it leads without them, and they are lost. What Kafka acknowledged with `acks=all` never is.
//
// `acks` is a setting of the producer, `min.insync.replicas` one of the topic. Three topics differ in it (1, 2, 3), and four producers write to each: twelve cells on one cluster. All of their partitions have the same leader. First one of its followers stops, then the other, then the leader is killed.

// %% [markdown] {"lang":"ko"}
// # acks와 min.insync.replicas
//
// **주장:** ISR이 `min.insync.replicas`보다 작아지면 토픽은 `acks=all`을 거부하고 `acks=1`에는 ack를 보내지만, 그 레코드는 어떤 컨슈머에게도 보이지 않습니다. 그때 리더가 죽으면 그 레코드는 리더의 디스크에만 남습니다. Kafka 4.1부터는 리더보다 먼저 돌아온 replica가 그 레코드 없이 리더가 되고, 레코드는 사라집니다. Kafka가 `acks=all`로 ack를 보낸 레코드는 사라지지 않습니다.
//
// `acks`는 프로듀서의 설정이고 `min.insync.replicas`는 토픽의 설정입니다. 토픽 셋은 이 값(1, 2, 3)이 다르고, 각 토픽에 프로듀서 넷이 씁니다. 클러스터 하나에 칸이 열둘입니다. 모든 파티션의 리더는 같습니다. 먼저 follower 하나가, 다음에 나머지 하나가 멈추고, 그다음 리더를 kill합니다.

// %% start
import { startLab } from "@kafka-failure-lab/sdk";
import { about, finish, output, ownArguments, scenarioOptions } from "@kafka-failure-lab/sdk/scenario";
import {
  expectedTable,
  lossesOf,
  lossFigures,
  lossJson,
  lossTable,
  outcomeFigures,
  outcomeJson,
  outcomeTable,
  predictCells,
  startCells,
  untilAsExpected,
  untilIsr,
  untilLed,
} from "@kafka-failure-lab/scripts/acks";

const options = scenarioOptions(
  {
    scenario: "16-acks-and-min-isr",
    about: "stops both followers and kills the leader, for each acks and min.insync.replicas",
    how: "stop",
    window: false,
  },
  ownArguments("--timers fast"),
);
const { print, show } = output(options);
const lab = await startLab({ kafka: "4", ...options.lab });
const { cluster, run } = lab;
await show(about(lab));

// %% [markdown]
// ## Twelve cells
//
// Each topic has three partitions, and each broker leads one of them. The producers write to those that the active controller's broker leads, ten records a second each. A watch of each topic reads what a consumer is given.

// %% [markdown] {"lang":"ko"}
// ## 열두 칸
//
// 토픽마다 파티션이 셋이고 브로커마다 하나씩 리더입니다. 프로듀서들은 active controller 브로커가 리더인 파티션에 초당 10건씩 씁니다. 토픽마다 watch가 컨슈머에게 보이는 것을 읽습니다.

// %% cells
lab.step("normal");
const topics = [1, 2, 3].map((minIsr) => ({ topic: `min-${minIsr}`, minIsr: minIsr }));
for (const { topic, minIsr } of topics)
  await cluster.createTopic(topic, { partitions: 3, config: { "min.insync.replicas": String(minIsr) } });
const before = await cluster.describe();
const leader = before.controller!;
const partitions = topics.map(({ topic, minIsr }) => {
  const led = before.partitions.find((one) => one.topic === topic && one.leader === leader)!;
  return { topic: topic, minIsr: minIsr, partition: led.partition };
});
for (const { topic } of topics) await lab.watch({ topic: topic });
const cells = await startCells(lab, partitions);
const onlyLeader = cells.find(({ acks, minIsr }) => acks === 1 && minIsr === 1)!.load;
const followers = before.brokers.map(({ broker }) => broker).filter((broker) => broker !== leader);
print(`broker ${leader} leads; followers ${followers.join(" and ")}; ${cells.length} producers are served`);

// %% [markdown]
// ## One follower stops
//
// The ISR has two members left. The prediction is made for each cell from its producer's settings and its topic's, as the lab reads them.

// %% [markdown] {"lang":"ko"}
// ## follower 하나가 멈춘다
//
// ISR에 둘이 남습니다. 예측은 칸마다 프로듀서의 설정과 토픽의 설정을 읽어서 계산합니다.

// %% one
lab.step("one follower is away");
const expectedOfOne = await predictCells(lab, cells, "stop", followers[0]!);
await show(expectedTable(expectedOfOne));
const firstStop = await cluster.stop(followers[0]!);
const afterOne = await untilAsExpected(lab, expectedOfOne, await untilIsr(lab, partitions, 2, onlyLeader));
await show(outcomeTable(afterOne));

// %% [markdown]
// ## Both followers are away
//
// The leader is alone. `acks=all` with a minimum of 1 means: the leader. With 2 or 3 it answers NOT_ENOUGH_REPLICAS and appends nothing. `acks=1` is served by all three topics, and the consumers of two of them stand still: a leader moves its high watermark only while its ISR has the minimum (`Partition.maybeIncrementLeaderHW`).

// %% [markdown] {"lang":"ko"}
// ## follower 둘이 모두 없다
//
// 리더 혼자 남았습니다. 최솟값이 1이면 `acks=all`은 리더 하나를 뜻합니다. 2나 3이면 NOT_ENOUGH_REPLICAS로 응답하고 아무것도 쓰지 않습니다. `acks=1`은 세 토픽 모두에서 ack를 받지만, 두 토픽의 컨슈머는 멈춰 있습니다. 리더는 ISR이 최솟값 이상일 때만 high watermark를 올리기 때문입니다(`Partition.maybeIncrementLeaderHW`).

// %% both
lab.step("both followers are away");
const expectedOfBoth = await predictCells(lab, cells, "stop", followers[1]!);
await show(expectedTable(expectedOfBoth));
const secondStop = await cluster.stop(followers[1]!);
const afterBoth = await untilAsExpected(lab, expectedOfBoth, await untilIsr(lab, partitions, 1, onlyLeader));
await show(outcomeTable(afterBoth));

// %% [markdown]
// ## The leader is killed, and the followers are back before it
//
// Who may lead? Until Kafka 4.0 the last member of the ISR alone, however long it is away. Since 4.1 the controller keeps eligible leader replicas (KIP-966): those that left an ISR below the minimum. They have everything that was visible, and so everything that `acks=all` has acknowledged.

// %% [markdown] {"lang":"ko"}
// ## 리더를 kill하고, follower가 먼저 돌아온다
//
// 누가 리더가 될 수 있습니까? Kafka 4.0까지는 아무리 오래 걸려도 ISR의 마지막 멤버뿐입니다. 4.1부터 controller는 eligible leader replica(KIP-966)를 기억합니다. 최솟값보다 작은 ISR에서 빠진 replica들입니다. 이들은 컨슈머에게 보였던 것을 모두 가지고 있고, 따라서 `acks=all`로 ack를 받은 것도 모두 가지고 있습니다.

// %% killed
lab.step("the leader is away");
const expectedOfKill = await predictCells(lab, cells, "kill", leader);
const killed = await cluster.kill(leader);
await cluster.waitFor(() => run.now() - killed.sinceMs > 2_000); // nobody is served
await Promise.all([firstStop.heal(), secondStop.heal()]);
await cluster.waitFor(({ brokers }) =>
  followers.every((one) => brokers.find(({ broker }) => broker === one)!.alive),
);
const leaders = await untilLed(lab, partitions, expectedOfKill, leader);
for (const [topic, one] of leaders) print(`${topic}: leader ${leader} → ${one ?? "none"}`);

// %% [markdown]
// ## The old leader is back

// %% [markdown] {"lang":"ko"}
// ## 옛 리더가 돌아온다

// %% healed
lab.step("all are back");
await killed.heal();
await cluster.waitFor("full isr");
await Promise.all(cells.filter(({ acks }) => acks !== 0).map(({ load }) => load.acknowledged(5)));
await Promise.all(cells.map(({ load }) => load.stop()));
print("full ISR; every producer is served again");

// %% verdict
const claim =
  "below min.insync.replicas acks=all is refused and acks=1 acknowledged but not visible; if the leader " +
  "dies, followers that are back first lead without those records since 4.1; Kafka loses nothing of acks=all";
const lossesNow = () => lossesOf(run.history, expectedOfKill, leaders);
const { verdict, exitCode, dir } = await lab.conclude({
  claim,
  checks: ["noPhantomWrites"],
  holds: () => [...afterOne, ...afterBoth, ...lossesNow()].every(({ isAsExpected }) => isAsExpected),
  print: !options.json,
});
const losses = lossesNow();
await show(lossTable(losses));
finish(options, {
  ...{ scenario: options.scenario, claim, verdict, exitCode, run: dir },
  figures: {
    ...outcomeFigures(afterOne, "one away"),
    ...outcomeFigures(afterBoth, "two away"),
    ...lossFigures(losses),
  },
  ...{ one: afterOne.map(outcomeJson), both: afterBoth.map(outcomeJson) },
  losses: losses.map(lossJson),
  ...{ timers: options.timers, kafka: lab.engine.kafka, engine: lab.engine.kind },
});

// %% [markdown]
// **Expected:** since 4.1 and its eligible leader replicas, records below the minimum are acknowledged and not visible. **Measured:** so it is, with 4.4.0, and with 3.9.2 just the same (`--kafka 3.9`): the high watermark stands still since Kafka 3.7 (KAFKA-15583), whoever may be elected. What 4.1 has changed is the end of the story. With 3.9 the partition waits for its last leader, and nothing is lost if it comes back; with 4.4 it is led again at once, and every record is gone that only the old leader had acknowledged.
//
// No reader has seen a record that was lost then, and none of them was acknowledged to a producer with `acks=all`. Those with `acks=1` had their acknowledgements, and the minimum did not protect them: `min.insync.replicas` refuses nothing that does not wait for it.
//
// The idempotent producer of kafkajs (2.2.4) may lose a record by itself, whatever Kafka does: it gives a sequence number twice after a request that failed and was carried out, and the broker takes the second record for the first. The table counts such a record apart: it was acknowledged at the offset of another one, which is in the log twice.
//
// A minimum of 1 protects nobody either: there `acks=all` is answered by the leader alone. A minimum of 3 stops `acks=all` as soon as any broker is away. Three replicas and a minimum of 2 is what serves with one broker away and loses nothing.

// %% [markdown] {"lang":"ko"}
// **예상:** 4.1의 eligible leader replica부터는 최솟값 아래에서 쓴 레코드가 ack를 받지만 보이지 않습니다. **측정:** 4.4.0에서 그렇고, 3.9.2에서도 똑같습니다(`--kafka 3.9`). 누가 리더가 될 수 있는지와 관계없이 high watermark는 Kafka 3.7부터 멈춰 있습니다(KAFKA-15583). 4.1이 바꾼 것은 그다음입니다. 3.9에서는 파티션이 마지막 리더를 기다리고, 그 리더가 돌아오면 아무것도 사라지지 않습니다. 4.4에서는 바로 새 리더가 생기고, 옛 리더 혼자 ack를 보낸 레코드는 모두 사라집니다.
//
// 그때 사라진 레코드를 읽은 컨슈머는 없고, `acks=all` 프로듀서가 그런 레코드에 ack를 받은 적도 없습니다. `acks=1`은 ack를 받았으며 최솟값은 이를 막지 못했습니다. `min.insync.replicas`는 그것을 기다리지 않는 요청은 거부하지 않습니다.
//
// kafkajs(2.2.4)의 idempotent 프로듀서는 Kafka와 관계없이 스스로 레코드를 잃을 수 있습니다. 실패했지만 실제로는 처리된 요청 뒤에 같은 sequence number를 다시 쓰므로, 브로커는 두 번째 레코드를 첫 번째의 반복으로 여깁니다. 표에서는 이런 레코드를 따로 셉니다. 이런 레코드는 다른 레코드의 offset으로 ack를 받았고, 그 다른 레코드는 로그에 두 번 있습니다.
//
// 최솟값 1도 아무도 지키지 못합니다. 이때 `acks=all`에는 리더 혼자 응답합니다. 최솟값 3은 브로커 하나만 없어도 `acks=all`을 멈춥니다. 브로커 하나가 없어도 서비스하면서 아무것도 잃지 않는 것은 replica 셋에 최솟값 2입니다.
