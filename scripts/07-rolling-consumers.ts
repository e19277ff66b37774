#!/usr/bin/env -S NODE_OPTIONS=--import=tsx npx zx
// The script and the notebook: `npx tsx scripts/07-rolling-consumers.ts --help`

// %% [markdown]
// # Rolling restart of consumers
//
// **Claim:** when the members of a group restart one by one, an eager group gives up all its partitions each time, a cooperative one and one of the protocol `consumer` only those that move, and a group of static members none but those of the member that restarts.
//
// This is what every deployment of an application does. Four groups of Kafka's own consumer read the same topic; they differ in the way in which they share its partitions. The protocol `consumer` (KIP-848) needs brokers of Kafka 4, so this scenario runs 4 by default; with `--kafka 3.9` that group is left out.

// %% [markdown] {"lang":"ko"}
// # 컨슈머의 롤링 재시작
//
// **주장:** 그룹의 멤버가 하나씩 재시작할 때 eager 그룹은 매번 모든 파티션을 내놓고, cooperative 그룹과 프로토콜 `consumer`의 그룹은 옮겨 갈 파티션만, static 멤버의 그룹은 재시작하는 멤버의 파티션만 멈춥니다.
//
// 애플리케이션을 배포할 때마다 일어나는 일입니다. Kafka 자체 컨슈머의 그룹 넷이 같은 토픽을 읽으며, 파티션을 나누는 방식만 다릅니다. 프로토콜 `consumer`(KIP-848)는 Kafka 4 브로커가 필요하므로 이 시나리오의 기본은 4입니다. `--kafka 3.9`에서는 그 그룹이 빠집니다.

// %% start
import { startLab } from "@kafka-failure-lab/sdk";
import {
  about,
  finish,
  mergeVerdicts,
  output,
  ownArguments,
  scenarioOptions,
} from "@kafka-failure-lab/sdk/scenario";
import {
  expectedOf,
  rolledFigures,
  rolledJson,
  rolledOf,
  rolledTable,
} from "@kafka-failure-lab/scripts/consumers";

const options = scenarioOptions(
  {
    scenario: "07-rolling-consumers",
    about: "restarts the members of four groups one by one; they share partitions in different ways",
    how: "stop",
    window: false,
  },
  ownArguments("--timers fast"),
);
const { print, show } = output(options);
const partitions = 6;
const lab = await startLab({
  kafka: "4",
  ...options.lab,
  topic: { name: "orders", partitions: partitions },
});
await show(about(lab));

// %% [markdown]
// ## Four groups
//
// Each has three members, and so two partitions a member. All of them commit after processing. A heartbeat every 500 ms: so soon does a member hear of a rebalance.

// %% [markdown] {"lang":"ko"}
// ## 그룹 넷
//
// 그룹마다 멤버가 셋이고, 멤버마다 파티션이 둘입니다. 모두 처리한 뒤 commit합니다. heartbeat는 500 ms마다 보내므로 멤버는 그만큼 빨리 리밸런스를 압니다.

// %% groups
lab.step("normal");
const common = { client: "java", commit: "after", members: 3 } as const;
const settings = { sessionTimeout: "45s", heartbeatInterval: "500ms" } as const;
const starting = [
  lab.group("eager", { ...common, settings: settings, assignor: "range" }),
  lab.group("cooperative", { ...common, settings: settings, assignor: "cooperative-sticky" }),
  lab.group("static", { ...common, settings: settings, assignor: "range", instanceIds: true }),
];
if (Number.parseInt(lab.engine.kafka, 10) >= 4)
  starting.push(lab.group("consumer", { ...common, protocol: "consumer" }));
const groups = await Promise.all(starting);
await Promise.all(groups.map((group) => group.settled({ timeout: "3m" })));
const load = lab.probe.start({ perSecond: 120 });
await Promise.all(groups.map((group) => group.processed(120)));
for (const { name } of groups) print(`predicted for ${name}: ${expectedOf(name as "eager")}`);

// %% [markdown]
// ## Restart, one by one
//
// A member leaves the group and ends, a new process takes its place, and the group settles before the next one: as a careful deployment does.

// %% [markdown] {"lang":"ko"}
// ## 하나씩 재시작
//
// 멤버 하나가 그룹을 떠나 끝나고, 새 프로세스가 그 자리를 맡고, 그룹이 안정된 뒤 다음 멤버로 넘어갑니다. 조심스러운 배포가 하는 그대로입니다.

// %% roll
const spans: { fromMs: number; toMs: number }[] = [];
for (const group of groups) {
  lab.step(`roll ${group.name}`);
  const fromMs = lab.run.now();
  await group.roll({ timeout: "3m" });
  await group.processed(60);
  spans.push({ fromMs: fromMs, toMs: lab.run.now() });
  print(`${group.name}: its three members are new processes`);
}
await load.stop();
await Promise.all(groups.map((group) => group.lag({ atMost: 0, timeout: "2m" })));

// %% [markdown]
// ## Result
//
// `moved`: how often a partition went to another member. `given up for nothing`: how often a member that stayed gave one up and got it back, while nobody read it.

// %% [markdown] {"lang":"ko"}
// ## 결과
//
// `moved`는 파티션이 다른 멤버로 옮겨 간 횟수입니다. `given up for nothing`은 남아 있는 멤버가 파티션을 내놓았다가 그대로 돌려받은 횟수이며, 그동안 아무도 읽지 않습니다.

// %% measured
const rolled = groups.map(({ name, topic }, at) =>
  rolledOf(lab.run.history, {
    name: name as "eager",
    topic: topic,
    partitions: partitions,
    ...spans[at]!,
  }),
);
await show(rolledTable(rolled));

// %% verdict
const claim =
  "when members restart one by one, an eager group gives up all partitions, a cooperative one and one of " +
  "the protocol consumer only those that move, and static members move none";
const { verdict, judgement, exitCode, dir } = await lab.conclude({
  claim,
  checks: ["noLostWrites", "processedAll", "processedOnlySent", "commitsForward"],
  holds: () => mergeVerdicts(rolled.map((one) => one.verdict)),
  print: !options.json,
});
finish(options, {
  scenario: options.scenario,
  claim,
  verdict,
  exitCode,
  figures: { lost: { value: judgement.counts.lost }, ...rolledFigures(rolled) },
  groups: rolled.map(rolledJson),
  timers: options.timers,
  kafka: lab.engine.kafka,
  engine: lab.engine.kind,
  run: dir,
});

// %% [markdown]
// Kafka's default list of assignors is `range, cooperative-sticky`: a group that names none is eager. A static member (`group.instance.id`) pays for its calm with its session: when it dies and does not come back, its partitions stand still for `session.timeout.ms`, 45 s here.

// %% [markdown] {"lang":"ko"}
// Kafka의 기본 assignor 목록은 `range, cooperative-sticky`입니다. 아무것도 지정하지 않은 그룹은 eager입니다. static 멤버(`group.instance.id`)의 평온에는 대가가 있습니다. 죽고 돌아오지 않으면 그 파티션은 `session.timeout.ms`, 여기서는 45초 동안 멈춰 있습니다.
