#!/usr/bin/env -S NODE_OPTIONS=--import=tsx npx zx
// The script and the notebook: `npx tsx scripts/08-slow-consumer.ts --help`

// %% [markdown]
// # A slow consumer
//
// **Claim:** a member that is healthy and slower than its timers allow is thrown out of its group, its commit is not accepted, and it is given the same records again: the batch never ends. Smaller batches or a longer timer end it.
//
// Nothing is broken here: no broker stops, no process dies. The group's own timers are the fault. Kafka's own consumer is measured: kafkajs has no poll interval, only its session, and its fetchers of other brokers send heartbeats while a batch is processed.

// %% [markdown] {"lang":"ko"}
// # 느린 컨슈머
//
// **주장:** 멀쩡하지만 타이머가 허용하는 것보다 느린 멤버는 그룹에서 쫓겨나고, commit은 받아들여지지 않으며, 같은 레코드를 다시 받습니다. 배치는 끝나지 않습니다. 배치를 줄이거나 타이머를 늘리면 끝납니다.
//
// 여기서는 아무것도 고장 나지 않습니다. 멈추는 브로커도, 죽는 프로세스도 없습니다. 그룹 자신의 타이머가 장애입니다. 측정하는 것은 Kafka 자체 컨슈머입니다. kafkajs에는 poll 간격이 없고 세션만 있으며, 배치를 처리하는 동안에도 다른 브로커의 fetcher가 heartbeat를 보냅니다.

// %% start
import { readable, startLab } from "@kafka-failure-lab/sdk";
import {
  about,
  finish,
  mergeVerdicts,
  output,
  ownArguments,
  scenarioOptions,
} from "@kafka-failure-lab/sdk/scenario";
import {
  judgedSlow,
  paceOf,
  slowFigures,
  slowJson,
  slowTable,
  untilRounds,
} from "@kafka-failure-lab/scripts/consumers";

const options = scenarioOptions(
  {
    scenario: "08-slow-consumer",
    about: "a healthy member that is slower than its group's timers, and two ways out",
    how: "stop",
    window: false,
  },
  ownArguments("--timers fast"),
);
const { print, show } = output(options);
const lab = await startLab({ ...options.lab, topic: { name: "orders", partitions: 1 } });
await show(about(lab));

// %% [markdown]
// ## A backlog
//
// A poll hands at most `max.poll.records` (500) to the application. So slowness shows where there is something to read: after an outage, or when a group starts behind.

// %% [markdown] {"lang":"ko"}
// ## 밀린 레코드
//
// poll 한 번은 최대 `max.poll.records`(500)개를 애플리케이션에 넘깁니다. 그래서 느림은 읽을 것이 쌓여 있을 때 드러납니다. 장애가 끝난 뒤, 또는 뒤처진 채 시작한 그룹에서입니다.

// %% backlog
lab.step("backlog");
const backlog = lab.probe({ name: "backlog" }).start({ perSecond: 500, inFlight: 10 });
await backlog.acknowledged(600);
await backlog.stop();
print(`${lab.run.history.filter(({ kind }) => kind === "send").length} records wait to be read`);

// %% [markdown]
// ## Three groups, one of them as it was
//
// Each has one member and processes every record for the same time. `as it is` takes longer between two signs of life than its timer allows. `small` gets smaller batches, `patient` has a longer timer.

// %% [markdown] {"lang":"ko"}
// ## 그룹 셋, 그중 하나는 그대로
//
// 그룹마다 멤버가 하나이고 레코드 하나에 같은 시간을 들입니다. `as it is`는 살아 있다는 두 표시 사이의 시간이 타이머가 허용하는 것보다 깁니다. `small`은 배치가 더 작고, `patient`는 타이머가 더 깁니다.

// %% groups
lab.step("processing");
const member = { client: "java", commit: "after", members: 1, process: "10ms" } as const;
const session = { sessionTimeout: "6s", heartbeatInterval: "500ms" } as const;
const asItIs = await lab.group("as it is", { ...member, settings: { ...session, rebalanceTimeout: "3s" } });
const others = [
  await lab.group("small", {
    ...member,
    settings: { ...session, rebalanceTimeout: "3s" },
    properties: { "max.poll.records": "50" },
  }),
  await lab.group("patient", { ...member, settings: { ...session, rebalanceTimeout: "1m" } }),
];
for (const { name, settings } of [asItIs, ...others]) {
  const { betweenMs, limitMs, limit, isKept } = paceOf(settings);
  print(
    `predicted for ${name}: ${readable(betweenMs)} between two signs of life, ${limit} ` +
      `${readable(limitMs)}: ${isKept ? "it reads on" : "its batch never ends"}`,
  );
}

// %% [markdown]
// ## What they do
//
// The two others read to the end. Meanwhile the first is given the same batch a third time.

// %% [markdown] {"lang":"ko"}
// ## 일어나는 일
//
// 나머지 그룹은 끝까지 읽습니다. 그동안 첫 번째 그룹은 같은 배치를 세 번째로 받습니다.

// %% rounds
await Promise.all(others.map((group) => group.lag({ atMost: 0, timeout: "3m" })));
const { times, accepted, refused } = await untilRounds(lab, asItIs.name, 3);
const lag = await asItIs.lag();
const untilMs = lab.run.now();
print(
  `${asItIs.name}: its first record was processed ${times} times, ${accepted} commits were accepted, ` +
    `${refused.length} were not${refused.length > 0 ? ` (${refused[0]!})` : ""}`,
);
await asItIs.close();

// %% [markdown]
// The member is not dead to its group: a thread of its own sends heartbeats. But that thread also sees that the application does not poll, and leaves the group when `max.poll.interval.ms` is over. The commit behind the batch then belongs to a member that the coordinator does not know.
//
// ## Result

// %% [markdown] {"lang":"ko"}
// 멤버는 그룹에서 보기에 죽은 것이 아닙니다. 별도의 스레드가 heartbeat를 보내기 때문입니다. 그러나 그 스레드는 애플리케이션이 poll하지 않는 것도 보고 있다가 `max.poll.interval.ms`가 지나면 그룹을 떠납니다. 그러면 배치 뒤의 commit은 코디네이터가 모르는 멤버의 것이 됩니다.
//
// ## 결과

// %% measured
const history = lab.run.history.filter(({ atMs }) => atMs <= untilMs);
const groups = [
  judgedSlow(history, asItIs, lag.total === 0),
  ...others.map((group) => judgedSlow(history, group, true)),
];
await show(slowTable(groups));

// %% verdict
const claim =
  "a healthy member that is slower than its group's timers allow is given the same records again and " +
  "again; smaller batches or a longer timer end it";
const { verdict, judgement, exitCode, dir } = await lab.conclude({
  claim,
  checks: ["noLostWrites", "processedOnlySent", "commitsForward"],
  holds: () => mergeVerdicts(groups.map((group) => group.verdict)),
  print: !options.json,
});
finish(options, {
  scenario: options.scenario,
  claim,
  verdict,
  exitCode,
  figures: { lost: { value: judgement.counts.lost }, ...slowFigures(groups) },
  groups: groups.map(slowJson),
  timers: options.timers,
  kafka: lab.engine.kafka,
  engine: lab.engine.kind,
  run: dir,
});

// %% [markdown]
// Nobody reports this: the process runs, the group exists, and records are processed, the same ones all the time. The lag shows it, and a commit that fails. `max.poll.records` times the slowest processing has to stay below `max.poll.interval.ms`, with room for a bad day.
//
// The posted application has `max.poll.interval.ms: 1000`: 500 records in a second, 2 ms each. An outage of the database behind it is enough.

// %% [markdown] {"lang":"ko"}
// 아무 데도 보고되지 않습니다. 프로세스는 돌고, 그룹은 존재하며, 레코드는 처리됩니다. 늘 같은 레코드일 뿐입니다. 드러나는 곳은 lag과 실패하는 commit입니다. `max.poll.records`에 가장 느린 처리 시간을 곱한 값이 나쁜 날의 여유를 두고도 `max.poll.interval.ms`보다 작아야 합니다.
//
// 게시된 애플리케이션은 `max.poll.interval.ms: 1000`입니다. 1초에 500개, 하나에 2 ms입니다. 뒤에 있는 데이터베이스가 잠시 느려지는 것만으로 충분합니다.
