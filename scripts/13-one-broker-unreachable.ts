#!/usr/bin/env -S NODE_OPTIONS=--import=tsx npx zx
// The script and the notebook: `npx tsx scripts/13-one-broker-unreachable.ts --help`

// %% [markdown]
// # Clients cannot reach one broker
//
// **Claim:** if clients are cut off from the leader alone, no other broker is elected: nothing is acknowledged and nothing is read for as long as the cut lasts. A cut from a broker that does not lead is not noticed. If the leader is cut off from everybody, another one leads, and clients are served.
//
// A firewall rule, a wrong route, a load balancer with one dead target: clients do not reach a broker, the other brokers do. The controller judges a broker by its heartbeats, and these go on. Nothing in Kafka looks at the way from clients to a broker.

// %% [markdown] {"lang":"ko"}
// # 클라이언트가 브로커 하나에 닿지 못한다
//
// **주장:** 클라이언트만 리더에 닿지 못하면 다른 브로커는 선출되지 않습니다. 단절이 이어지는 동안 아무것도 ack를 받지 못하고 아무것도 읽지 못합니다. 리더가 아닌 브로커에 닿지 못하는 것은 드러나지 않습니다. 리더가 모두에게서 단절되면 다른 브로커가 리더가 되고 클라이언트는 다시 ack를 받습니다.
//
// 방화벽 규칙, 잘못된 라우팅, 대상 하나가 죽은 로드 밸런서가 이렇습니다. 클라이언트는 브로커에 닿지 못하지만 다른 브로커들은 닿습니다. controller는 heartbeat로 브로커를 판단하고, heartbeat는 계속됩니다. 클라이언트에서 브로커로 가는 길을 보는 것은 Kafka에 없습니다.

// %% start
import { faults, readable, startLab } from "@kafka-failure-lab/sdk";
import {
  about,
  finish,
  mergeVerdicts,
  output,
  ownArguments,
  scenarioOptions,
} from "@kafka-failure-lab/sdk/scenario";
import { memberSettings } from "@kafka-failure-lab/scripts/consumers";
import {
  brokerSessionMs,
  cutFigures,
  cutOf,
  cutTable,
  groupApart,
  partitionAt,
} from "@kafka-failure-lab/scripts/elections";

const options = scenarioOptions(
  {
    scenario: "13-one-broker-unreachable",
    about: "cuts clients off from the leader, then from another broker, then the leader off from everybody",
    how: "stop",
    window: false,
  },
  ownArguments("--timers fast"),
);
const { print, show } = output(options);
const lab = await startLab({ ...options.lab, topic: { name: "orders" } });
await show(about(lab));

// %% [markdown]
// ## A producer and a consumer
//
// The producer gives a record up after two session timeouts: less than the cut will last. The group has a coordinator that will not be cut off, so that it is only the leader that it misses.

// %% [markdown] {"lang":"ko"}
// ## 프로듀서와 컨슈머
//
// 프로듀서는 session timeout의 두 배가 지나면 레코드를 포기합니다. 단절보다 짧은 시간입니다. 그룹의 코디네이터는 단절되지 않을 브로커입니다. 그룹이 잃는 것은 리더뿐입니다.

// %% normal
lab.step("normal");
const sessionMs = brokerSessionMs(lab);
const leader = (await partitionAt(lab, "orders", 0)).leader!;
const { group, coordinator } = await groupApart(lab, [leader], "billing", {
  members: 1,
  commit: "after",
  settings: { ...memberSettings(options.timers), requestTimeout: "2s" },
});
const load = lab
  .probe({ name: "orders", requestTimeout: "1s", deliveryTimeout: 2 * sessionMs })
  .start({ perSecond: 50 });
await load.acknowledged(50);
await group.processed(50);
print(`orders-0: broker ${leader} leads; broker ${coordinator} coordinates ${group.name}`);

// %% [markdown]
// ## Clients do not reach the leader
//
// The cut lasts three session timeouts: a broker that is down is fenced after one.

// %% [markdown] {"lang":"ko"}
// ## 클라이언트가 리더에 닿지 못한다
//
// 단절은 session timeout의 세 배 동안 이어집니다. 멈춘 브로커라면 한 배가 지났을 때 fence됩니다.

// %% leader
lab.step("clients, leader");
const first = await lab.predict(faults.isolate(leader, { path: "clients" }), { client: "orders" });
print(`predicted for the producer: ${first.sentence}`);
const ofGroup = await lab.predict(faults.isolate(leader, { path: "clients" }), { group: group });
print(`predicted for ${group.name}: ${ofGroup.sentence}`);
const cut = await lab.net.isolate(leader, { path: "clients" });
const fromMs = lab.run.now();
await lab.cluster.waitFor(() => lab.run.now() - fromMs > 3 * sessionMs, { timeout: "5m" });
const during = await lab.cluster.describe();
const led = during.partitions.find(({ topic }) => topic === "orders")!;
const isAlive = during.brokers.find(({ broker }) => broker === leader)!.alive;
print(
  `${readable(3 * sessionMs)} later (${cut.via}): leader ${led.leader ?? "none"}, ` +
    `ISR [${led.isr.join(", ")}], broker ${leader} is ${isAlive ? "alive" : "fenced"} for the cluster`,
);
await cut.heal();
await load.acknowledged(50);
await group.processed(50);
print("healed: served again");

// %% [markdown]
// ## Clients do not reach a broker that does not lead
//
// It replicates, and is counted for `acks: "all"`: the leader asks for that, not the client.

// %% [markdown] {"lang":"ko"}
// ## 클라이언트가 리더가 아닌 브로커에 닿지 못한다
//
// 그 브로커는 계속 복제하고 `acks: "all"`에도 포함됩니다. 그것을 확인하는 것은 클라이언트가 아니라 리더입니다.

// %% follower
lab.step("clients, follower");
const now = await lab.cluster.describe();
const follower = now.brokers
  .map(({ broker }) => broker)
  .find((one) => one !== led.leader && one !== coordinator)!;
const second = await lab.predict(faults.isolate(follower, { path: "clients" }), { client: "orders" });
print(`predicted for the producer: ${second.sentence}`);
const other = await lab.net.isolate(follower, { path: "clients" });
await load.acknowledged(100);
await group.processed(100);
await other.heal();
print(`broker ${follower} cut off from clients (${other.via}): 100 more acknowledged, and read`);

// %% [markdown]
// ## Nobody reaches the leader
//
// The same cut, for the other brokers and the controller, too.

// %% [markdown] {"lang":"ko"}
// ## 아무도 리더에 닿지 못한다
//
// 같은 단절이지만 다른 브로커와 controller도 닿지 못합니다.

// %% all
lab.step("all, leader");
const third = await lab.predict(faults.isolate(leader, { path: "all" }), { client: "orders" });
print(`predicted for the producer: ${third.sentence}`);
const whole = await lab.net.isolate(leader);
await load.acknowledged(50, { timeout: "2m" });
const { leader: next } = await partitionAt(lab, "orders", 0);
print(`cut off from everybody (${whole.via}): leader ${leader} → ${next ?? "none"}, served again`);
await whole.heal();
await lab.cluster.waitFor("full isr", { timeout: "2m" });
await group.processed(50, { timeout: "2m" });
const counts = await load.stop();
print(`healed: full ISR; the load: ${counts.ok} ok, ${counts.fail} fail, ${counts.info} info`);

// %% [markdown]
// ## Result

// %% [markdown] {"lang":"ko"}
// ## 결과

// %% verdict
const claim =
  "clients that are cut off from the leader alone are not served until the cut is healed, and nobody is " +
  "elected; a broker that does not lead is not missed; a leader that is cut off from everybody is replaced";
const common = { topic: "orders", partition: 0, group: group.name };
const measured = () => [
  cutOf(lab.run.history, {
    ...common,
    name: "clients, leader",
    id: cut.id,
    predicted: first,
    claim: { moves: false, served: false },
  }),
  cutOf(lab.run.history, {
    ...common,
    name: "clients, follower",
    id: other.id,
    predicted: second,
    claim: { moves: false, served: true },
  }),
  cutOf(lab.run.history, {
    ...common,
    name: "all, leader",
    id: whole.id,
    predicted: third,
    claim: { moves: true, served: true },
  }),
];
const { verdict, judgement, exitCode, dir } = await lab.conclude({
  claim,
  checks: ["noLostWrites", "noPhantomWrites"],
  holds: () => mergeVerdicts(measured().map((one) => one.verdict)),
  print: !options.json,
});
const cuts = measured();
await show(cutTable(cuts));
finish(options, {
  scenario: options.scenario,
  claim,
  verdict,
  exitCode,
  figures: { lost: { value: judgement.counts.lost }, ...cutFigures(cuts) },
  cuts,
  timers: options.timers,
  kafka: lab.engine.kafka,
  engine: lab.engine.kind,
  run: dir,
});

// %% [markdown]
// **Expected:** another broker takes over, as when a broker is down. **Measured:** nobody does, and the ISR stays full: for the cluster nothing is wrong, and its metrics (`UnderReplicatedPartitions`, `OfflinePartitionsCount`) stay at 0. Clients know it alone: sends end at `deliveryTimeout` with an unknown outcome, reads stand still, and each asks the brokers that it does reach, which answer that the leader is the leader. What helps is a person who moves the leader: a controlled shutdown of that broker, or a reassignment of the partition and `elect("preferred")`. What warns is a client outside the cluster that sends to every partition.
//
// Where nobody reaches the leader, the producer goes on soon after the election. A group of kafkajs members may need far longer: a consumer asks the broker that it knows until its retries are used up, starts anew, and may then ask the same broker for metadata again and again.

// %% [markdown] {"lang":"ko"}
// **예상:** 브로커가 멈췄을 때처럼 다른 브로커가 넘겨받습니다. **측정:** 아무도 넘겨받지 않고 ISR도 그대로입니다. 클러스터에는 아무 문제가 없으며, 클러스터의 지표(`UnderReplicatedPartitions`, `OfflinePartitionsCount`)도 0입니다. 아는 것은 클라이언트뿐입니다. 전송은 결과를 모르는 채 `deliveryTimeout`에서 끝나고, 읽기는 멈춥니다. 클라이언트가 닿는 브로커에 물어도 리더는 여전히 그 브로커라고 답합니다. 해결하려면 사람이 리더를 옮겨야 합니다. 그 브로커를 controlled shutdown하거나, 파티션을 재할당하고 `elect("preferred")`를 요청합니다. 미리 알려 주는 것은 클러스터 밖에서 모든 파티션에 보내 보는 클라이언트입니다.
//
// 아무도 리더에 닿지 못할 때 프로듀서는 선출 직후 다시 보냅니다. kafkajs 그룹은 훨씬 오래 걸릴 수 있습니다. 컨슈머는 재시도를 다 쓸 때까지 알고 있던 브로커에 묻고 새로 시작하는데, 그 뒤에도 같은 브로커에 metadata를 계속 물을 수 있습니다.
