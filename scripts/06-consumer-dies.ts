#!/usr/bin/env -S NODE_OPTIONS=--import=tsx npx zx
// The script and the notebook: `npx tsx scripts/06-consumer-dies.ts --help`

// %% [markdown]
// # A consumer dies
//
// **Claim:** when a member of a consumer group goes, another one takes over its partitions: after a clean close at once, after a kill or a freeze when its session has expired. What it had in hand is processed twice by a group that commits after processing, and by nobody in a group that commits before.
//
// Half of the chapter on reliable delivery is about consumers: which offset is committed, and when. Three groups read the same topic and differ in one setting. In the next cell, `--how stop` closes a member in order, `--how pause` freezes it.

// %% [markdown] {"lang":"ko"}
// # 컨슈머가 죽는다
//
// **주장:** 컨슈머 그룹의 멤버 하나가 사라지면 다른 멤버가 그 파티션을 넘겨받습니다. 정상적으로 닫으면 바로, kill하거나 얼리면 세션이 만료된 뒤입니다. 그 멤버가 처리하던 레코드는 처리 후에 commit하는 그룹에서는 두 번 처리되고, 처리 전에 commit하는 그룹에서는 아무도 처리하지 않습니다.
//
// reliable delivery를 다루는 장의 절반은 컨슈머 이야기입니다. 어떤 오프셋을 언제 commit하는가가 핵심입니다. 그룹 셋이 같은 토픽을 읽으며 설정 하나만 다릅니다. 다음 셀에서 `--how stop`은 멤버를 정상적으로 닫고, `--how pause`는 멤버를 얼립니다.

// %% start
import { processedAll, readable, startLab } from "@kafka-failure-lab/sdk";
import {
  about,
  finish,
  mergeVerdicts,
  output,
  ownArguments,
  scenarioOptions,
} from "@kafka-failure-lab/sdk/scenario";
import {
  goesOnIn,
  hadGoneOn,
  handled,
  handOf,
  inHand,
  isWithin,
  judgedTime,
  memberSettings,
  missLines,
  type Outcome,
  outcomeFigures,
  outcomeJson,
  outcomeTable,
  overWindow,
  standstillOf,
  untilInBatch,
  waitingFor,
} from "@kafka-failure-lab/scripts/consumers";

const options = scenarioOptions(
  {
    scenario: "06-consumer-dies",
    about: "ends a member of three consumer groups in the midst of a batch and counts what becomes of it",
    window: false,
    client: "kafkajs",
  },
  ownArguments("--how kill --timers fast"),
);
const { how, client } = options;
const { print, show } = output(options);
const lab = await startLab({ ...options.lab, topic: { name: "orders", partitions: 2 } });
await show(about(lab));

// %% [markdown]
// ## Three groups
//
// Each has two members, processes of their own, and a partition for each. `before` commits what a poll returned before it processes it, `after` when it is done with it; `auto` leaves it to the client: kafkajs commits after each batch. Processing takes 10 ms a record. `--timers fast` shortens the session to 6 s, the least that brokers take; kafkajs's own is 30 s, Java's 45 s.

// %% [markdown] {"lang":"ko"}
// ## 그룹 셋
//
// 그룹마다 멤버가 둘이고, 멤버는 각자 독립된 프로세스이며 파티션을 하나씩 맡습니다. `before`는 poll이 돌려준 레코드를 처리하기 전에 commit하고, `after`는 처리한 뒤에 commit합니다. `auto`는 클라이언트에 맡깁니다. kafkajs는 배치마다 처리한 뒤 commit합니다. 레코드 하나를 처리하는 데 10 ms가 걸립니다. `--timers fast`는 세션을 브로커가 허용하는 최솟값인 6초로 줄입니다. 기본값은 kafkajs가 30초, Java가 45초입니다.

// %% groups
lab.step("normal");
const groups = await Promise.all(
  (["before", "after", "auto"] as const).map((commit) =>
    lab.group(commit, {
      client: client,
      commit: commit,
      process: "10ms",
      settings: memberSettings(options.timers),
    }),
  ),
);
const { sessionTimeout, heartbeatInterval } = groups[0]!.settings;
await Promise.all(groups.map((group) => group.settled({ timeout: "2m" })));
print(
  `session timeout ${readable(sessionTimeout)}, a heartbeat every ${readable(heartbeatInterval)}; ` +
    groups.map(({ name, size }) => `${name}: ${size} members`).join(", "),
);
const orders = lab.probe({ name: "orders" });
const steady = orders.start({ perSecond: 30 });
await Promise.all(groups.map((group) => group.processed(30)));
print("every group processes what is sent");

// %% [markdown]
// ## A member goes
//
// A burst of records makes batches of more than a record. The prediction is made when member 1 is in the midst of one: what it has in hand decides how many records are processed twice, or by nobody. Then the fault.

// %% [markdown] {"lang":"ko"}
// ## 멤버 하나가 사라진다
//
// 레코드를 한꺼번에 보내 배치 하나에 여러 레코드가 들어가게 합니다. 멤버 1이 배치를 처리하는 도중에 예측합니다. 그때 손에 쥔 레코드의 수가 두 번 처리되거나 아무도 처리하지 않을 레코드의 수를 정합니다. 그다음 장애를 주입합니다.

// %% fault
lab.step(`member ${how}`);
const burst = lab.probe({ name: "burst" }).start({ perSecond: 500, inFlight: 10 });
await burst.acknowledged(300);
await burst.stop();
const faults = await Promise.all(
  groups.map(async (group) => {
    const one = { group: group.name, member: group.member(1).name };
    const { partition } = group.member(1).partitions[0]!;
    await untilInBatch(lab, one);
    const seen = lab.run.history.length;
    const all = handOf(lab.run.history, group);
    const expected = goesOnIn(how, group.settings, all);
    // a member that closes is replaced while the others still work on the burst
    const waiting = how === "stop" ? waitingFor(lab.run.history, group) : 0;
    const most = handled(group.name, all, waiting);
    const fault = await group.member(1)[how]();
    // what a process has done is in the history once it has ended
    const hand = inHand(lab.run.history, one);
    return { group, one, partition, fault, expected, most, hand, seen };
  }),
);
for (const { group, fault, expected, most, hand } of faults) {
  print(
    `predicted for ${group.name}: member 2 goes on after ${overWindow(expected)}; at ` +
      `most ${most.skipped} records skipped, ${most.twice} processed twice`,
  );
  print(
    `${how} ${fault.member} (${fault.via}): ${hand.done} of ${hand.batch} records of its batch processed, ` +
      `${hand.skipped} left that are committed, ${hand.twice} done that are not`,
  );
}

// %% [markdown]
// Until the coordinator notices, the partitions of member 1 belong to nobody else: records of them are acknowledged to their producer, and wait. A member that closes says so (LeaveGroup). One that was killed or is frozen says nothing; its connection is no sign of life, only its heartbeats are.
//
// ## Take-over

// %% [markdown] {"lang":"ko"}
// 코디네이터가 알아차릴 때까지 멤버 1의 파티션은 다른 멤버의 것이 아닙니다. 그 파티션의 레코드는 프로듀서에게 ack되고, 기다립니다. 닫히는 멤버는 떠난다고 알립니다(LeaveGroup). kill되거나 얼어붙은 멤버는 아무 말도 하지 않습니다. 살아 있다는 표시는 연결이 아니라 heartbeat입니다.
//
// ## 인계

// %% take-over
await Promise.all(groups.map((group) => group.settled({ timeout: "2m" })));
const alone = await Promise.all(groups.map((group) => group.describe()));
print(
  alone
    .map(({ name, members }) => `${name}: ${members.map(({ clientId }) => clientId).join(", ")} alone`)
    .join("; "),
);
await steady.stop();
await Promise.all(groups.map((group) => group.lag({ atMost: 0, timeout: "2m" })));
await Promise.all(groups.map((group) => group.processed(handOf(lab.run.history, group).left)));
const until = lab.run.now();
print("nothing is left to read");

// %% [markdown]
// ## The member returns
//
// A killed or closed member is a new process, which joins. A frozen one goes on where it was: with a batch of partitions that are no longer its own, until a heartbeat or a commit is refused.

// %% [markdown] {"lang":"ko"}
// ## 멤버가 돌아온다
//
// kill되었거나 닫힌 멤버는 새 프로세스로 다시 join합니다. 얼어 있던 멤버는 멈춘 자리에서 계속합니다. 이미 자기 것이 아닌 파티션의 배치를 처리하다가 heartbeat나 commit이 거부되고서야 알게 됩니다.

// %% heal
lab.step("back again");
await Promise.all(faults.map(({ fault }) => fault.heal()));
await Promise.all(groups.map((group) => group.settled({ timeout: "2m" })));
const again = orders.start({ perSecond: 30 });
await Promise.all(groups.map((group) => group.processed(30)));
await again.stop();
await Promise.all(groups.map((group) => group.lag({ atMost: 0, timeout: "2m" })));
await Promise.all(groups.map((group) => group.processed(handOf(lab.run.history, group).left)));
print("both members of every group process records again");

// %% [markdown]
// ## Result
//
// How long the partition of member 1 stood still, from the last record before the fault to the first one after it; and what the group did with each record of the whole run.

// %% [markdown] {"lang":"ko"}
// ## 결과
//
// 멤버 1의 파티션이 멈춰 있던 시간(장애 전 마지막 레코드부터 장애 후 첫 레코드까지)과, 실행 전체에서 그룹이 레코드를 어떻게 처리했는지입니다.

// %% measured
const { history } = lab.run;
const outcomes = faults.map(({ group, one, partition, fault, expected, most, hand, seen }): Outcome => {
  const { name, topic } = group;
  const window = { group: name, topic, partition, fromMs: fault.sinceMs, toMs: until };
  const measured = standstillOf(history, window);
  return {
    name,
    time: judgedTime(history, name, { expected, measured }),
    most,
    hand,
    hasGoneOn: hadGoneOn(history, one, { seen: seen, untilMs: fault.sinceMs }),
    tally: processedAll(history, { group: name }).facts.groups[0]!,
  };
});
await show(outcomeTable(outcomes));
for (const line of missLines(outcomes.map(({ time }) => time))) print(`not as predicted: ${line}`);

// %% verdict
const goes = { stop: "closes", kill: "is killed", pause: "is frozen" }[how];
const claim =
  `a member that ${goes} is replaced ${how === "stop" ? "at once" : "when its session has expired"}; what ` +
  "it had in hand is processed by nobody with commits before processing, by its successor with commits after";
const { verdict, judgement, exitCode, dir } = await lab.conclude({
  claim,
  checks: ["noLostWrites", "noPhantomWrites", "processedOnlySent", "groupProgress", "commitsForward"],
  holds: (_, whole) =>
    mergeVerdicts([
      ...outcomes.map(isWithin),
      ...outcomes.map(({ time }) => time.verdict),
      ...["after", "auto"].map((group) => processedAll(whole, { group: group }).verdict),
    ]),
  print: !options.json,
});
finish(options, {
  scenario: options.scenario,
  claim,
  verdict,
  exitCode,
  figures: { lost: { value: judgement.counts.lost }, ...outcomeFigures(outcomes) },
  groups: outcomes.map(outcomeJson),
  how: how,
  client: client,
  timers: options.timers,
  kafka: lab.engine.kafka,
  engine: lab.engine.kind,
  run: dir,
});

// %% [markdown]
// `before` is at-most-once: a member that goes in the midst of a batch leaves records that nobody processes, and nothing reports it; the lag is 0. `after` and `auto` are at-least-once: what was done of the batch is done again, so processing has to be idempotent. The size of a batch decides how many records that are: `max.poll.records` in Java (500), the bytes of a fetch in kafkajs.
//
// The session timeout decides how long the partition stands still. A shorter one replaces a dead member earlier, and throws out a healthy one that pauses for as long. A rebalance interrupts the batches of the other members, too, where the protocol is eager, as in kafkajs.

// %% [markdown] {"lang":"ko"}
// `before`는 at-most-once입니다. 배치 도중에 사라진 멤버는 아무도 처리하지 않을 레코드를 남기는데, 아무 데도 보고되지 않고 lag은 0입니다. `after`와 `auto`는 at-least-once입니다. 배치에서 이미 처리한 레코드를 다시 처리하므로, 처리는 멱등이어야 합니다. 몇 건인지는 배치의 크기가 정합니다. Java에서는 `max.poll.records`(500), kafkajs에서는 fetch 한 번의 바이트 수입니다.
//
// 파티션이 멈춰 있는 시간은 session timeout이 정합니다. 짧으면 죽은 멤버를 더 빨리 대신하지만, 그만큼 잠시 멈춘 건강한 멤버도 내쫓습니다. kafkajs처럼 프로토콜이 eager이면 리밸런스가 다른 멤버의 배치도 끊습니다.
