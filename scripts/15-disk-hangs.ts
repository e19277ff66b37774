#!/usr/bin/env -S NODE_OPTIONS=--import=tsx npx zx
// The script and the notebook: `npx tsx scripts/15-disk-hangs.ts --help`

// %% [markdown]
// # A disk hangs
//
// **Claim:** a leader whose disk hangs stays leader, and nobody is served until the disk answers. A follower whose disk hangs delays `acks=all` until it has left the ISR. No acknowledged record is lost.
//
// A broken disk is the easy case: the broker ends, another takes over. A disk that answers nothing is the hard one (a "brown out"). Kafka takes a directory offline at an `IOException`, and here there is none. The broker's heartbeats have a thread of their own, which needs no disk.

// %% [markdown] {"lang":"ko"}
// # 디스크가 응답하지 않는다
//
// **주장:** 디스크가 응답하지 않는 리더는 리더로 남고, 디스크가 응답할 때까지 아무도 ack를 받지 못합니다. follower의 디스크가 응답하지 않으면 `acks=all`은 그 follower가 ISR에서 빠질 때까지 기다립니다. ack를 받은 레코드는 사라지지 않습니다.
//
// 고장 난 디스크는 쉬운 경우입니다. 브로커가 끝나고 다른 브로커가 넘겨받습니다. 아무 응답도 하지 않는 디스크("brown out")가 어려운 경우입니다. Kafka는 `IOException`이 나야 디렉터리를 offline으로 만드는데, 여기서는 예외가 없습니다. 브로커의 heartbeat는 디스크가 필요 없는 별도의 스레드가 보냅니다.

// %% start
import { machineShare, readable, startLab } from "@kafka-failure-lab/sdk";
import { about, finish, output, ownArguments, scenarioOptions } from "@kafka-failure-lab/sdk/scenario";
import { besideFigures, besideOf, besideTable, memberSettings } from "@kafka-failure-lab/scripts/consumers";
import { groupApart, partitionLedApart } from "@kafka-failure-lab/scripts/elections";

const options = scenarioOptions(
  {
    scenario: "15-disk-hangs",
    about: "the disk of the leader hangs, then that of a follower",
    how: "stop",
    window: false,
  },
  ownArguments("--timers fast"),
);
const { print, show } = output(options);
const lab = await startLab({ ...options.lab, topic: { name: "orders", partitions: 3 } });
const { cluster, disk, run } = lab;
await show(about(lab));

// %% [markdown]
// ## The leader's disk hangs
//
// Each broker leads one of three partitions. The producer writes to one whose leader is not the active controller, so that only the leader is hit. A group reads; another broker coordinates it. The disk hangs for three session timeouts: after a third of that time a killed broker is fenced.

// %% [markdown] {"lang":"ko"}
// ## 리더의 디스크가 응답하지 않는다
//
// 브로커마다 세 파티션 가운데 하나의 리더입니다. 리더만 장애를 겪도록, 프로듀서는 리더가 active controller가 아닌 파티션에 씁니다. 그룹 하나가 읽으며, 코디네이터는 다른 브로커입니다. 디스크는 session timeout의 세 배 동안 응답하지 않습니다. kill된 브로커라면 그 3분의 1이 지났을 때 fence됩니다.

// %% leader
lab.step("the leader's disk hangs");
const { partition } = await partitionLedApart(lab, "orders");
const load = lab.probe({ name: "load", partition: partition, requestTimeout: "2s" }).start({ perSecond: 50 });
await load.acknowledged(25);
const stateOf = async () => {
  const { partitions, controller, brokers } = await cluster.describe();
  const { leader, isr } = partitions.find((one) => one.topic === "orders" && one.partition === partition)!;
  return { leader: leader!, isr, controller, brokers };
};
const before = await stateOf();
const { group } = await groupApart(lab, [before.leader], "billing", {
  members: 1,
  commit: "after",
  settings: memberSettings(options.timers),
});
await group.processed(25);
const isApart = before.leader !== before.controller;
const timerOf = (name: string, otherwise: number): number =>
  Number(lab.engine.nodes[0]!.properties[name] ?? otherwise);
const sessionMs = timerOf("broker.session.timeout.ms", 9_000);
const { sentence } = await lab.predict("hang-disk", before.leader, { client: "load" });
print(`predicted: ${sentence}`);
const ofGroup = await lab.predict("hang-disk", before.leader, { group: group });
print(`predicted for ${group.name}: ${ofGroup.sentence}`);
const hung = await disk.hang(before.leader);
print(`hung disk of broker ${hung.targets} (${hung.via}): ${hung.proof!.observed![0]!.measured}`);
const fromMs = run.now();
await cluster.waitFor(() => run.now() - fromMs > 3 * sessionMs, { timeout: "5m" });
const during = await stateOf();
const isAlive = during.brokers.find(({ broker }) => broker === before.leader)!.alive;
print(
  `${readable(3 * sessionMs)} later: leader ${before.leader} → ${during.leader}, ` +
    `broker ${before.leader} is ${isAlive ? "alive" : "fenced"} for the cluster`,
);

// %% [markdown]
// ## It answers again

// %% [markdown] {"lang":"ko"}
// ## 디스크가 다시 응답한다

// %% leader healed
lab.step("the disk answers");
await hung.heal();
await load.acknowledged(25, { timeout: "60s" });
await cluster.waitFor("full isr");
print("served again");

// %% [markdown]
// ## A follower's disk hangs
//
// It goes on fetching nothing: the thread that fetches is the one that writes. The leader waits for it with every `acks=all`, until `replica.lag.time.max.ms` is over.

// %% [markdown] {"lang":"ko"}
// ## follower의 디스크가 응답하지 않는다
//
// fetch하는 스레드가 곧 쓰는 스레드이므로, 그 follower는 더 이상 fetch하지 않습니다. 리더는 `replica.lag.time.max.ms`가 지날 때까지 모든 `acks=all`에서 이 follower를 기다립니다.

// %% follower
lab.step("a follower's disk hangs");
const now = await stateOf();
const follower = now.brokers
  .map(({ broker }) => broker)
  .find((one) => one !== now.leader && one !== now.controller)!;
const { sentence: next } = await lab.predict("hang-disk", follower, { client: "load" });
print(`predicted: ${next}`);
const behind = await disk.hang(follower);
await load.acknowledged(25, { timeout: "2m" });
const left = await stateOf();
print(`hung disk of broker ${follower}: leader ${left.leader}, ISR [${left.isr.join(", ")}]`);
await behind.heal();
await cluster.waitFor("full isr");
const counts = await load.stop();
await group.lag({ atMost: 0, timeout: "2m" });
print(`healed: full ISR; the load: ${counts.ok} ok, ${counts.fail} fail, ${counts.info} info`);

// %% [markdown]
// ## Result

// %% [markdown] {"lang":"ko"}
// ## 결과

// %% verdict
const claim =
  "a leader whose disk hangs stays leader and serves nobody until it is healed; a follower delays acks=all " +
  "until it has left the ISR; nothing acknowledged is lost";
const { verdict, judgement, exitCode, dir } = await lab.conclude({
  claim,
  checks: ["noLostWrites", "noPhantomWrites", "processedAll", "skipped"],
  group: group.name,
  holds: (_, history) => {
    // on the active controller's own node the metadata quorum is hit, too: that is another experiment
    if (!isApart) return "unknown";
    if (during.leader === before.leader && isAlive && !left.isr.includes(follower)) return true;
    // a broker that gets no processor sends no heartbeats, whatever its disk does
    return machineShare(history, { fromMs: hung.sinceMs }).isBusy ? "unknown" : false;
  },
  print: !options.json,
});
const gaps = judgement.gaps.faults.map(({ clients }) => clients[0]?.ms ?? null);
const beside = besideOf(run.history, group.name);
await show(besideTable(beside));
finish(options, {
  scenario: options.scenario,
  claim,
  verdict,
  exitCode,
  figures: {
    "the leader with the hung disk stays leader": { value: during.leader === before.leader },
    "and alive": { value: isAlive },
    "the follower with the hung disk leaves the ISR": { value: !left.isr.includes(follower) },
    lost: { value: judgement.counts.lost },
    "leader: without an acknowledged send": { ms: gaps[0] ?? null, within: [3 * sessionMs, 120_000] },
    "follower: without an acknowledged send": { ms: gaps[1] ?? null, within: [0, 120_000] },
    ...besideFigures(beside),
  },
  group: beside,
  timers: options.timers,
  kafka: lab.engine.kafka,
  engine: lab.engine.kind,
  run: dir,
});

// %% [markdown]
// **Expected:** a fail-over. **Measured:** none. The broker is alive for the controller, since its heartbeats go on; it accepts connections and requests, and each request that needs its log waits. Kafka has no timer for that: `log.dir.failure.timeout.ms` begins with an `IOException`. What ends it is a person, or something outside that ends the broker: then it is the case of `14-disk-full`.
//
// Reading needs no disk that writes: the group is given what had been acknowledged before. Its commits wait, though another broker coordinates it: the broker with the hung disk is a replica of `__consumer_offsets`, too, until it has left the ISR (`replica.lag.time.max.ms`).

// %% [markdown] {"lang":"ko"}
// **예상:** failover. **측정:** failover는 일어나지 않았습니다. heartbeat가 계속되므로 controller에게 이 브로커는 살아 있습니다. 연결과 요청은 받아들이지만, 로그가 필요한 요청은 모두 기다립니다. Kafka에는 이를 위한 타이머가 없습니다. `log.dir.failure.timeout.ms`는 `IOException`이 나야 시작합니다. 이 상태를 끝내는 것은 사람이거나, 밖에서 브로커를 종료하는 무언가입니다. 그러면 `14-disk-full`과 같습니다.
//
// 읽기에는 쓰기가 되는 디스크가 필요 없습니다. 그룹은 그 전에 ack를 받은 레코드를 계속 읽습니다. 코디네이터가 다른 브로커여도 commit은 기다립니다. 디스크가 응답하지 않는 브로커도 `__consumer_offsets`의 replica이며, ISR에서 빠질 때까지(`replica.lag.time.max.ms`) 기다려야 하기 때문입니다.
