#!/usr/bin/env -S NODE_OPTIONS=--import=tsx npx zx
// The script and the notebook: `npx tsx scripts/12-unclean-election.ts --help`

// %% [markdown]
// # Unclean election
//
// **Claim:** a replica that is elected although it was not in sync loses what was acknowledged while it was away, with `acks: "all"` too, and a consumer that had processed n of these never reads n of the new ones, without any error.
//
// A partition with two replicas and `min.insync.replicas` 1: the follower goes away, the leader goes on alone, then it goes, too. The follower comes back first. Nobody may lead now: availability or the acknowledged records, one of the two has to be given up.

// %% [markdown] {"lang":"ko"}
// # Unclean election
//
// **주장:** in-sync가 아니던 replica를 리더로 선출하면, 그 replica가 없는 동안 ack를 받은 레코드가 사라집니다. `acks: "all"`이어도 그렇습니다. 그중 n건을 이미 처리한 컨슈머는 새 레코드 n건을 아무 오류 없이 건너뜁니다.
//
// replica가 둘이고 `min.insync.replicas`가 1인 파티션입니다. follower가 먼저 사라지고, 리더는 혼자 계속 쓰다가 역시 사라집니다. 그다음 follower가 먼저 돌아옵니다. 이제 아무도 리더가 될 수 없습니다. 가용성과 ack를 받은 레코드 중 하나는 포기해야 합니다.

// %% start
import { faults, readable, startLab } from "@kafka-failure-lab/sdk";
import { about, finish, output, ownArguments, scenarioOptions } from "@kafka-failure-lab/sdk/scenario";
import {
  expectedLoss,
  expectedSkips,
  expectedText,
  groupApart,
  lossOf,
  lossTable,
  partitionAt,
  untilAway,
  untilLeaderless,
} from "@kafka-failure-lab/scripts/elections";

const options = scenarioOptions(
  {
    scenario: "12-unclean-election",
    about: "elects a replica that was not in sync, and counts what is lost",
    how: "kill",
    window: false,
  },
  ownArguments("--timers fast"),
);
const { print, show } = output(options);
const lab = await startLab({
  ...options.lab,
  topic: {
    name: "orders",
    partitions: 1,
    replicationFactor: 2,
    config: { "min.insync.replicas": "1" },
  },
});
await show(about(lab));

// %% [markdown]
// ## A producer and a consumer
//
// The producer has `acks: "all"`. The group commits what it has processed; its coordinator is the broker that has no replica of the partition, and stays.

// %% [markdown] {"lang":"ko"}
// ## 프로듀서와 컨슈머
//
// 프로듀서는 `acks: "all"`입니다. 그룹은 처리한 레코드를 commit합니다. 코디네이터는 이 파티션의 replica가 없는 브로커이며 계속 남아 있습니다.

// %% normal
lab.step("normal");
const load = lab.probe({ name: "orders", acks: "all" }).start({ perSecond: 100 });
const { leader, replicas } = await partitionAt(lab, "orders", 0);
const { group } = await groupApart(lab, replicas, "billing", { members: 1, commit: "after" });
await group.processed(100);
const follower = replicas.find((broker) => broker !== leader)!;
print(`orders-0: broker ${leader ?? "none"} leads, broker ${follower} follows`);

// %% [markdown]
// ## The follower goes, then the leader
//
// Once the follower has left the ISR the leader acknowledges alone: "all replicas in sync" is one. Then every replica in sync is killed, and the follower comes back.

// %% [markdown] {"lang":"ko"}
// ## follower가 사라지고, 리더도 사라진다
//
// follower가 ISR에서 빠지면 리더 혼자 ack를 보냅니다. "in-sync인 모든 replica"가 하나이기 때문입니다. 그다음 in-sync인 replica를 모두 kill하고, follower가 돌아옵니다.

// %% gone
lab.step("the leader alone");
const behind = await lab.cluster.kill(follower);
const killedMs = lab.run.now();
await untilAway(lab, "orders", [follower]);
await load.acknowledged(200);
await group.processed(100);
await group.member(1).stop();
lab.step("nobody in sync");
const { isr } = await partitionAt(lab, "orders", 0);
const last = await lab.inject(faults.kill([...isr]));
await behind.heal();
await untilLeaderless(lab, { topic: "orders", partition: 0, alive: follower });
const away = {
  ...{ topic: "orders", partition: 0 },
  ...{ fromMs: behind.sinceMs, fromLatestMs: killedMs },
  ...{ toMs: last.sinceMs, toLatestMs: lab.run.now() },
};
const expected = {
  lost: expectedLoss(lab.run.history, away),
  skipped: expectedSkips(lab.run.history, away, group.name),
  sinceMs: last.sinceMs,
};
print(`broker ${follower} is back and not in sync: orders-0 has no leader`);
print(`expected if broker ${follower} is elected: ${expectedText(expected.lost)} are lost,`);
print(`and the group never reads ${expectedText(expected.skipped)} of those written after the election`);

// %% [markdown]
// ## Switched on in mid-outage
//
// `unclean.leader.election.enable` is a setting of the topic and can be changed at any time. In KRaft the controller looks for such partitions every five minutes (`unclean.leader.election.interval.ms`, internal): the switch alone helps somebody who waits. A request elects at once.

// %% [markdown] {"lang":"ko"}
// ## 장애 도중에 켠다
//
// `unclean.leader.election.enable`은 토픽의 설정이며 언제든 바꿀 수 있습니다. KRaft의 controller는 이런 파티션을 5분마다 찾습니다(`unclean.leader.election.interval.ms`, 내부 설정). 설정만 켜면 그때까지 기다려야 합니다. 선출을 요청하면 바로 선출합니다.

// %% elected
lab.step("switched on");
const began = lab.run.now();
const switched = await lab.cluster.reconfigure(
  { topic: "orders" },
  { "unclean.leader.election.enable": "true" },
);
const waitMs = 5000;
await lab.cluster
  .waitFor(({ partitions }) => partitions.some((one) => one.topic === "orders" && one.leader !== null), {
    timeout: waitMs,
  })
  .then(
    () => print(`elected by the controller itself after ${readable(lab.run.now() - began)}`),
    () => print(`switched on: no leader within ${readable(waitMs)}`),
  );
const { partitions, tookMs } = await lab.cluster.elect("unclean", { leaderOf: "orders-0" });
const [elected] = partitions;
print(`by request: broker ${elected?.after ?? "none"} leads, after ${readable(tookMs)}`);
await switched.heal();

// %% [markdown]
// ## Everybody returns
//
// The producer goes on as if nothing had happened. The elected leader gives offsets again that the lost one had given. The consumer returns when the new log is longer than the one that it had read, the old leader last.
//
// So two numbers are known beforehand. Let the log be written anew from offset K on, and let the group go on at C, which it has committed. What it had processed from K to C is in no log any more; what is written anew from K to C it never reads. Both are C - K records, exactly, whatever the machine does.

// %% [markdown] {"lang":"ko"}
// ## 모두 돌아온다
//
// 프로듀서는 아무 일도 없었던 것처럼 계속 보냅니다. 선출된 리더는 잃어버린 리더가 이미 부여한 offset을 다시 부여합니다. 컨슈머는 새 로그가 자신이 읽었던 로그보다 길어진 뒤에 돌아오고, 이전 리더는 마지막에 돌아옵니다.
//
// 따라서 두 숫자를 미리 알 수 있습니다. 로그가 offset K부터 새로 쓰이고, 그룹은 commit한 offset C부터 읽는다고 합시다. K부터 C까지 그룹이 처리한 것은 이제 어느 로그에도 없고, K부터 C까지 새로 쓰인 것은 그룹이 결코 읽지 않습니다. 컴퓨터의 속도와 관계없이 둘 다 정확히 C - K건입니다.

// %% back
lab.step("back again");
await load.acknowledged(expected.lost.most + 100);
await group.member(1).start();
await last.heal();
await lab.cluster.waitFor("full isr");
await load.stop();
await group.lag({ atMost: 0, timeout: "2m" });
print("every replica is in sync again, the group has no lag");

// %% verdict
const claim =
  "a replica that is elected although it was not in sync loses what was acknowledged while it was away, " +
  "and a consumer never reads as many new records as it had processed of these";
const ofGroup = { topic: "orders", partition: 0, group: group.name, expected: expected };
const { verdict, exitCode, dir } = await lab.conclude({
  claim,
  checks: ["noPhantomWrites"],
  holds: (_, history) => lossOf(history, ofGroup).verdict,
  print: !options.json,
});
const loss = lossOf(lab.run.history, ofGroup);
await show(lossTable(loss));
finish(options, {
  scenario: options.scenario,
  claim,
  verdict,
  exitCode,
  figures: {
    "acknowledged records are lost": { value: loss.lost.measured > 0 },
    "lost is what was acknowledged behind the elected replica's log": {
      value: loss.lost.measured === loss.lost.expected,
    },
    "the returning leader truncates its log": { value: loss.truncated.length > 0 },
    "the group never reads as many new records as it had processed of the lost ones": {
      value: loss.group.skipped.measured > 0 && loss.group.skipped.measured === loss.group.gone.measured,
    },
  },
  loss,
  timers: options.timers,
  kafka: lab.engine.kafka,
  engine: lab.engine.kind,
  run: dir,
});

// %% [markdown]
// Nothing failed: each record was acknowledged, no client saw an error that named it, and the lag is 0. That the lag is 0 says only that the group's offset is at the end of the log, not that it was given what is in front of it: compare the last two rows of the table. What proves the loss are two lines: `UNCLEAN partition change` of the controller, and `Truncating partition orders-0` of the leader that returned. With `min.insync.replicas` 2 the leader would have refused to go on alone. From Kafka 4.1 on (KIP-966) the controller also remembers replicas that left the ISR below that minimum and have everything that was acknowledged: they may lead, and nothing is lost.

// %% [markdown] {"lang":"ko"}
// 실패한 것은 없습니다. 모든 레코드가 ack를 받았고, 어느 클라이언트도 그 레코드에 대한 오류를 보지 못했으며, lag는 0입니다. lag가 0이라는 것은 그룹의 offset이 로그의 끝에 있다는 뜻일 뿐, 그 앞의 레코드를 모두 받았다는 뜻이 아닙니다. 표의 마지막 두 줄을 비교해 보십시오. 유실을 증명하는 것은 두 줄입니다. controller의 `UNCLEAN partition change`와 돌아온 리더의 `Truncating partition orders-0`입니다. `min.insync.replicas`가 2였다면 리더는 혼자서 계속 쓰기를 거부했을 것입니다. Kafka 4.1부터(KIP-966) controller는 이 최솟값 아래에서 ISR을 떠났지만 ack를 받은 레코드를 모두 가진 replica도 기억합니다. 그런 replica가 리더가 되면 아무것도 사라지지 않습니다.
