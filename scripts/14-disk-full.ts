#!/usr/bin/env -S NODE_OPTIONS=--import=tsx npx zx
// The script and the notebook: `npx tsx scripts/14-disk-full.ts --help`

// %% [markdown]
// # A disk is full
//
// **Claim:** a broker whose disk is full ends itself. Another broker takes over as after a kill, no acknowledged record is lost, and the broker does not come back before there is space.
//
// A broker writes to its disk all the time, also where no client sends: the metadata log lies there, too. `lab.disk.fill` makes every write to the log directories fail with "No space left on device". The machine's own disk stays as it is.

// %% [markdown] {"lang":"ko"}
// # 디스크가 가득 찬다
//
// **주장:** 디스크가 가득 찬 브로커는 스스로 종료합니다. kill과 마찬가지로 다른 브로커가 리더를 넘겨받고, ack를 받은 레코드는 사라지지 않으며, 공간이 생기기 전에는 그 브로커가 돌아오지 못합니다.
//
// 브로커는 클라이언트가 아무것도 보내지 않아도 디스크에 계속 씁니다. 메타데이터 로그도 같은 곳에 있기 때문입니다. `lab.disk.fill`은 로그 디렉터리에 대한 모든 쓰기를 "No space left on device"로 실패하게 합니다. 이 컴퓨터의 디스크 자체는 그대로입니다.

// %% start
import { readable, startLab } from "@kafka-failure-lab/sdk";
import { about, finish, output, ownArguments, scenarioOptions } from "@kafka-failure-lab/sdk/scenario";
import { besideFigures, besideOf, besideTable, memberSettings } from "@kafka-failure-lab/scripts/consumers";

const options = scenarioOptions(
  {
    scenario: "14-disk-full",
    about: "fills the disk of the leader's broker, and frees it again",
    how: "stop",
    window: false,
  },
  ownArguments("--timers fast"),
);
const { print, show } = output(options);
const lab = await startLab(options.lab);
const { cluster, disk, run } = lab;
await show(about(lab));

// %% [markdown]
// ## The disk of the leader is full
//
// A load sends 50 records per second, and a group reads them. The predictions come first, then the fault. A fault of a disk is made in the broker's JVM, by an agent that is attached now; its proof is a write of its own.

// %% [markdown] {"lang":"ko"}
// ## 리더의 디스크가 가득 찬다
//
// 초당 50건을 보내고 그룹이 읽습니다. 먼저 예측하고 장애를 주입합니다. 디스크 장애는 지금 브로커의 JVM에 붙는 agent가 만들며, agent가 직접 해 본 쓰기가 그 증거입니다.

// %% fault
lab.step("disk full");
const load = lab.probe({ name: "load", requestTimeout: "5s" }).start({ perSecond: 50 });
const group = await lab.group("billing", {
  members: 1,
  commit: "after",
  settings: memberSettings(options.timers),
});
await load.acknowledged(25);
await group.processed(25);
const { sentence } = await lab.predict("fill-disk", "leader", { client: "load" });
print(`predicted: ${sentence}`);
const ofGroup = await lab.predict("fill-disk", "leader", { group: group });
print(`predicted for ${group.name}: ${ofGroup.sentence}`);
const full = await disk.fill("leader");
const broker = full.targets[0]!;
print(`full disk of broker ${broker} (${full.via}): a write met "${full.proof!.observed![0]!.measured}"`);
await load.acknowledged(25, { timeout: "60s" }); // somebody acknowledges again
const moved = await cluster.describe();
const leader = moved.partitions.find(({ topic }) => topic === lab.topic)!.leader;
print(`leader ${broker} → ${leader ?? "none"}`);

// %% [markdown]
// ## What the broker says
//
// The broker's own log is on another disk. `LogDirFailureChannel` takes the directory offline at the first failed write. It was the only one, so the process ends itself, without a controlled shutdown.

// %% [markdown] {"lang":"ko"}
// ## 브로커의 로그
//
// 브로커의 로그 파일은 다른 디스크에 있습니다. `LogDirFailureChannel`은 쓰기가 처음 실패할 때 그 디렉터리를 offline으로 만듭니다. 하나뿐인 디렉터리였으므로 프로세스는 controlled shutdown 없이 스스로 끝납니다.

// %% log
const ended = await cluster.waitFor(
  ({ brokers }) => brokers.find((one) => one.broker === broker)!.state === "stopped",
);
const said = run.history.flatMap((event) =>
  event.kind === "broker log" && ["logDirFailed", "halts"].includes(event.fact.what)
    ? [`${event.service}: ${event.text.replaceAll(/\S*\/(?=data\b)/g, "…/")}`]
    : [],
);
for (const line of said.slice(0, 3)) print(line);
const exit = ended.brokers.find((one) => one.broker === broker)!.exit!;
print(`broker ${broker}: ${exit.text}`);

// %% [markdown]
// ## Started again, still without space
//
// A restart does not help: the broker writes to its directories before it serves.

// %% [markdown] {"lang":"ko"}
// ## 공간 없이 다시 시작한다
//
// 재시작은 도움이 되지 않습니다. 브로커는 서비스하기 전에 디렉터리에 쓰기 때문입니다.

// %% restart
lab.step("restart without space");
await cluster.start(broker, { timeout: 0 });
const again = await cluster.waitFor(
  ({ brokers }) => brokers.find((one) => one.broker === broker)!.state === "stopped",
);
const failedAgain = again.brokers.find((one) => one.broker === broker)!.exit!;
print(`broker ${broker} again: ${failedAgain.text}`);

// %% [markdown]
// ## Space
//
// `heal` frees the disk and starts the broker that has ended by it: outside of a lab that is a person, or systemd, or Kubernetes.

// %% [markdown] {"lang":"ko"}
// ## 공간이 생긴다
//
// `heal`은 디스크를 비우고, 그 때문에 끝난 브로커를 시작합니다. 실험실 밖에서는 사람이나 systemd, Kubernetes가 하는 일입니다.

// %% heal
lab.step("space");
await full.heal();
await cluster.waitFor("full isr");
const counts = await load.stop();
await group.lag({ atMost: 0, timeout: "2m" });
print(`broker ${broker} is back: every replica is in sync again, and ${group.name} has no lag`);
print(`the load: ${counts.ok} ok, ${counts.fail} fail, ${counts.info} info`);

// %% [markdown]
// ## Result

// %% [markdown] {"lang":"ko"}
// ## 결과

// %% verdict
const claim =
  "a broker whose disk is full ends itself, another one takes over, nothing acknowledged is lost, and it " +
  "comes back when there is space";
const { verdict, judgement, exitCode, dir } = await lab.conclude({
  claim,
  checks: ["noLostWrites", "noPhantomWrites", "order", "processedAll", "skipped"],
  holds: leader !== null && leader !== broker && exit.code === 1 && failedAgain.code === 1,
  print: !options.json,
});
const gapMs = judgement.gaps.faults[0]?.clients[0]?.ms ?? null;
if (gapMs !== null) print(`without an acknowledged send: ${readable(gapMs)}`);
const beside = besideOf(run.history, group.name);
await show(besideTable(beside));
finish(options, {
  scenario: options.scenario,
  claim,
  verdict,
  exitCode,
  figures: {
    "another broker leads": { value: leader !== broker },
    "exit code": { value: exit.code },
    "exit code of the restart without space": { value: failedAgain.code },
    lost: { value: judgement.counts.lost },
    "without an acknowledged send": { ms: gapMs, within: [0, 60_000] },
    ...besideFigures(beside),
  },
  said: said,
  group: beside,
  timers: options.timers,
  kafka: lab.engine.kafka,
  engine: lab.engine.kind,
  run: dir,
});

// %% [markdown]
// **Measured:** the broker ends within a moment of the first failed write, and then nothing is faster than after a kill: the controller waits for `broker.session.timeout.ms`. Not even the record that could not be written is lost: it was not acknowledged, and the client sends it to the new leader. The group stands still for about as long, and skips nothing.
//
// A broker with several log directories (JBOD) loses only what lies in the full one, unless that one has the metadata log, too.

// %% [markdown] {"lang":"ko"}
// **측정:** 브로커는 첫 쓰기가 실패한 직후 끝나며, 그 뒤는 kill과 같습니다. controller는 `broker.session.timeout.ms`를 기다립니다. 쓰지 못한 레코드도 사라지지 않습니다. ack를 받지 않았으므로 클라이언트가 새 리더에게 다시 보냅니다. 그룹도 비슷한 시간 동안 멈췄다가 아무것도 건너뛰지 않고 이어 읽습니다.
//
// 로그 디렉터리가 여러 개인 브로커(JBOD)는 가득 찬 디렉터리에 있는 것만 잃습니다. 다만 그 디렉터리에 메타데이터 로그가 있으면 그렇지 않습니다.
