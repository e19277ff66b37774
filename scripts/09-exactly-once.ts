#!/usr/bin/env -S NODE_OPTIONS=--import=tsx npx zx
// The script and the notebook: `npx tsx scripts/09-exactly-once.ts --help`

// %% [markdown]
// # Exactly once
//
// **Claim:** a consumer that writes what it reads to another topic, and dies between writing and committing, writes records twice. With transactions readers at `read_committed` see each output once; what the dead member left open holds up those readers until its `transactional.id` starts again or `transaction.timeout.ms` is over.
//
// Nothing but the consumer fails here: no broker stops. What counts is the output topic, read back to its end: how often is there an output of each input record?

// %% [markdown] {"lang":"ko"}
// # 정확히 한 번
//
// **주장:** 읽은 것을 다른 토픽에 쓰는 컨슈머가 쓰기와 commit 사이에 죽으면 레코드가 두 번 쓰입니다. 트랜잭션을 쓰면 `read_committed`로 읽는 쪽은 출력을 한 번씩만 봅니다. 대신 죽은 멤버가 열어 둔 트랜잭션은 같은 `transactional.id`가 다시 시작하거나 `transaction.timeout.ms`가 지날 때까지 그 독자를 기다리게 합니다.
//
// 여기서는 컨슈머만 고장 납니다. 멈추는 브로커는 없습니다. 중요한 것은 끝까지 다시 읽은 출력 토픽입니다. 입력 레코드마다 출력이 몇 번 있습니까?

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
  CLEANUP_MS,
  doubledBy,
  goesOn,
  judgedOutputs,
  memberSettings,
  missLines,
  overWindow,
  readerJson,
  readerTable,
  transformFigures,
  transformJson,
  transformTable,
  uncommittedOf,
  untilOneInBatch,
  untilReadersGoOn,
} from "@kafka-failure-lab/scripts/consumers";

const options = scenarioOptions(
  {
    scenario: "09-exactly-once",
    about: "kills members of consume-transform-produce groups and counts how often each output is written",
    how: "kill",
    window: false,
    client: "kafkajs",
  },
  ownArguments("--timers fast"),
);
const { client } = options;
const { print, show } = output(options);
const isFast = options.timers === "fast";
const cleanupMs = isFast ? 1_000 : CLEANUP_MS;
const lab = await startLab({
  ...options.lab,
  properties: { "transaction.abort.timed.out.transaction.cleanup.interval.ms": String(cleanupMs) },
  topic: { name: "orders", partitions: 1 },
});
await show(about(lab));

// %% [markdown]
// ## Three transforms
//
// Each reads `orders` and writes a record for every one that it processes, 10 ms each. `plain` writes without transactions and commits after each batch. `restarted` and `replaced` write within transactions, which hold the offsets, too (KIP-98). `replaced` has a second member that stands by.
//
// Three readers read the outputs of those two. Another producer, which knows nothing of transactions, writes to the same topics all the time.

// %% [markdown] {"lang":"ko"}
// ## 변환 셋
//
// 셋 다 `orders`를 읽고 처리한 레코드마다 하나씩 씁니다. 하나에 10 ms가 걸립니다. `plain`은 트랜잭션 없이 쓰고 배치마다 처리한 뒤 commit합니다. `restarted`와 `replaced`는 트랜잭션 안에서 쓰고, 오프셋도 그 안에 들어갑니다(KIP-98). `replaced`에는 대기하는 두 번째 멤버가 있습니다.
//
// 독자 셋이 그 둘의 출력을 읽습니다. 트랜잭션을 모르는 다른 프로듀서가 같은 토픽에 계속 씁니다.

// %% transforms
lab.step("normal");
for (const name of ["plain", "restarted", "replaced"]) await lab.cluster.createTopic(`${name}-out`);
const transform = { client: client, process: "10ms", settings: memberSettings(options.timers) } as const;
const plain = await lab.group("plain", {
  ...{ ...transform, members: 1, commit: "after" },
  transform: { topic: "plain-out" },
});
const restarted = await lab.group("restarted", {
  ...{ ...transform, members: 1 },
  transform: { topic: "restarted-out", transactional: true },
});
const replaced = await lab.group("replaced", {
  ...{ ...transform, members: 2 },
  transform: { topic: "replaced-out", transactional: true, transactionTimeout: isFast ? "30s" : "60s" },
});
const transforms = [plain, restarted, replaced];
const [waitsForInit, waitsForTimeout, waitsForNobody] = await Promise.all(
  (
    [
      ["restarted", "read_committed"],
      ["replaced", "read_committed"],
      ["replaced", "read_uncommitted"],
    ] as const
  ).map(([name, isolation]) =>
    lab.group(`${name} ${isolation}`, { topic: `${name}-out`, members: 1, isolation: isolation }),
  ),
);
const readers = [waitsForInit!, waitsForTimeout!, waitsForNobody!];
await Promise.all([...transforms, ...readers].map((group) => group.settled({ timeout: "2m" })));
const steady = lab.probe({ name: "orders" }).start({ perSecond: 5 });
const beats = ["restarted", "replaced"].map((name) =>
  lab.probe({ name: `beat-${name}`, topic: `${name}-out` }).start({ perSecond: 5 }),
);
await Promise.all([...transforms, ...readers].map((group) => group.processed(5)));
print("every transform writes, and every reader reads");

// %% [markdown]
// ## Killed between writing and committing
//
// A burst makes batches of many records. In the midst of one, the member that has the partition is killed: some outputs of its batch are written, and their offsets are not committed.

// %% [markdown] {"lang":"ko"}
// ## 쓰기와 commit 사이에서 kill
//
// 레코드를 한꺼번에 보내 배치를 크게 만듭니다. 배치를 처리하는 도중에 파티션을 가진 멤버를 kill합니다. 배치의 출력 일부는 쓰였고, 그 오프셋은 commit되지 않았습니다.

// %% killed
lab.step("killed");
const burst = lab.probe({ name: "burst" }).start({ perSecond: 500, inFlight: 10 });
await burst.acknowledged(80);
await burst.stop();
const killed = await Promise.all(
  transforms.map(async (group) => {
    const member = await untilOneInBatch(lab, group);
    const fault = await member.kill();
    const atMs = fault.sinceMs;
    const left = uncommittedOf(lab.run.history, { group: group.name, member: fault.member, atMs: atMs });
    return { group, fault, atMs, left };
  }),
);
for (const { group, fault, left } of killed) {
  const { least, most } = doubledBy(left);
  const seen = group === plain ? "twice in the output" : "twice at read_uncommitted, once at read_committed";
  print(`${fault.member} was killed (${fault.via}): predicted ${least} to ${most} records ${seen}`);
}

// %% [markdown]
// ## Who waits for the dead
//
// `plain` and `restarted` are started again at once. The new process of `restarted` has the same `transactional.id`: its InitProducerId aborts what the dead one left open. Java's producer sends it when it starts, kafkajs's with its first transaction: when it has the partition, and a batch. Nobody starts `replaced`'s dead member: the other one takes over the partition, with a `transactional.id` of its own, and the open transaction stays.
//
// A reader at `read_committed` is given nothing behind the first offset of an open transaction, the last stable offset: no outputs of others either, committed or not in a transaction at all.

// %% [markdown] {"lang":"ko"}
// ## 죽은 멤버를 기다리는 쪽
//
// `plain`과 `restarted`는 바로 다시 시작합니다. `restarted`의 새 프로세스는 `transactional.id`가 같습니다. 이 프로세스가 보내는 InitProducerId가 죽은 프로세스가 열어 둔 것을 abort합니다. Java 프로듀서는 시작할 때, kafkajs는 첫 트랜잭션을 시작할 때, 즉 파티션과 배치를 받은 뒤에 보냅니다. `replaced`의 죽은 멤버는 아무도 다시 시작하지 않습니다. 다른 멤버가 자기 `transactional.id`로 파티션을 넘겨받고, 열린 트랜잭션은 그대로 남습니다.
//
// `read_committed` 독자는 열린 트랜잭션의 첫 오프셋(last stable offset) 뒤의 것은 아무것도 받지 못합니다. 이미 commit된 것이든, 트랜잭션과 무관한 것이든, 다른 프로듀서가 쓴 것도 마찬가지입니다.

// %% open
await Promise.all(killed.slice(0, 2).map(({ fault }) => fault.heal()));
const startedMs = lab.run.now() - killed[1]!.atMs;
const [init, timeout] = [killed[1]!, killed[2]!];
const timeoutMs = replaced.settings.transform !== false ? replaced.settings.transform.transactionTimeout : 0;
const openMs = timeout.atMs - (timeout.left.begunMs ?? timeout.atMs);
const timers = { timeoutMs: timeoutMs, cleanupMs: cleanupMs, openMs: openMs };
const expected = [
  {
    reader: waitsForInit!,
    killedMs: init.atMs,
    window: goesOn.atInit(waitsForInit!.settings, restarted.settings, startedMs),
  },
  {
    reader: waitsForTimeout!,
    killedMs: timeout.atMs,
    window: goesOn.atTimeout(waitsForTimeout!.settings, timers),
  },
  { reader: waitsForNobody!, killedMs: timeout.atMs, window: goesOn.atOnce(waitsForNobody!.settings) },
];
for (const { reader, window } of expected)
  print(`predicted for ${reader.name}: goes on after ${overWindow(window)}`);
const waits = await untilReadersGoOn(lab, expected);
print(waits.map(({ name, measured }) => `${name} went on after ${readable(measured.ms)}`).join("; "));

// %% [markdown]
// ## The end
//
// All members are back, and every transform has read everything.

// %% [markdown] {"lang":"ko"}
// ## 끝
//
// 모든 멤버가 돌아왔고, 모든 변환이 끝까지 읽었습니다.

// %% heal
lab.step("back again");
for (const load of [steady, ...beats]) await load.stop();
await Promise.all(transforms.map((group) => group.lag({ atMost: 0, timeout: "2m" })));
await timeout.fault.heal();
await Promise.all(transforms.map((group) => group.settled({ timeout: "2m" })));
print("nothing is left to read");

// %% [markdown]
// ## Result
//
// What stands in the outputs, as the lab has read them back; and how long the readers waited at the open transactions.

// %% [markdown] {"lang":"ko"}
// ## 결과
//
// 랩이 다시 읽은 출력의 내용과, 독자가 열린 트랜잭션에서 기다린 시간입니다.

// %% verdict
const claim =
  "a transform that dies between writing and committing writes records twice without transactions, and " +
  "once with them as read_committed readers see it, who wait for the end of the open transaction";
const outputs = () =>
  killed.map(({ group, atMs, left }) =>
    judgedOutputs(lab.run.history, { name: group.name, left: left, killedMs: atMs }),
  );
const { verdict, judgement, exitCode, dir } = await lab.conclude({
  claim,
  checks: ["noLostWrites", "noPhantomWrites", "committedReads", "transformedAll"],
  holds: () => mergeVerdicts([...outputs(), ...waits].map((one) => one.verdict)),
  print: !options.json,
});
const outcomes = outputs();
await show(transformTable(outcomes));
await show(readerTable(waits));
for (const line of missLines(waits)) print(`not as predicted: ${line}`);
finish(options, {
  ...{ scenario: options.scenario, claim, verdict, exitCode, run: dir },
  figures: { lost: { value: judgement.counts.lost }, ...transformFigures(outcomes, waits) },
  ...{ groups: outcomes.map(transformJson), readers: waits.map(readerJson) },
  ...{ client: client, timers: options.timers, kafka: lab.engine.kafka, engine: lab.engine.kind },
});

// %% [markdown]
// Transactions do not make the group process each record once: `restarted` and `replaced` process again what the dead member had in hand, as `plain` does. The outputs of the first time are aborted, and only readers at `read_committed` are spared them; Java's default is `read_uncommitted`, kafkajs's is `read_committed`.
//
// The price is the wait. A crashed member that comes back under the same `transactional.id` ends it with its InitProducerId. One that is replaced by another id, or by a pod with a new name, costs `transaction.timeout.ms`, 60 s by default, and up to 10 s until the coordinator looks. A shorter timeout has to leave room for the longest batch.

// %% [markdown] {"lang":"ko"}
// 트랜잭션을 써도 그룹이 레코드를 한 번만 처리하는 것은 아닙니다. `restarted`와 `replaced`도 `plain`처럼 죽은 멤버가 쥐고 있던 것을 다시 처리합니다. 처음 쓴 출력은 abort되고, `read_committed` 독자만 그것을 보지 않습니다. 기본값은 Java가 `read_uncommitted`, kafkajs가 `read_committed`입니다.
//
// 대가는 기다림입니다. 죽은 멤버가 같은 `transactional.id`로 돌아오면 그 InitProducerId로 끝납니다. 다른 id나 새 이름의 pod가 대신하면 `transaction.timeout.ms`(기본 60초)에 코디네이터가 확인하기까지의 최대 10초가 더 걸립니다. 시간을 줄이려면 가장 긴 배치가 끝날 여유는 남겨야 합니다.
