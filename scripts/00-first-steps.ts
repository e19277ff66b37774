#!/usr/bin/env -S NODE_OPTIONS=--import=tsx npx zx
// The script and the notebook: `npx tsx scripts/00-first-steps.ts --help`

// %% [markdown]
// # First steps
//
// **Claim:** with three replicas, stopping a broker delays a producer for a moment and loses no acknowledged record.
//
// Three brokers, one client, one fault: the SDK in a few cells. Run them from the top; edit one and run it again. In the next cell, `--how kill` ends the broker
// without a controlled shutdown, `--how pause` freezes it.

// %% [markdown] {"lang":"ko"}
// # 첫걸음
//
// **주장:** replica가 세 개면 브로커 하나를 멈춰도 프로듀서는 잠깐 기다릴 뿐이고, ack를 받은 레코드는 하나도 사라지지 않습니다.
//
// 브로커 세 대, 클라이언트 하나, 장애 하나로 SDK를 살펴봅니다. 위에서부터 실행하고, 셀 하나를 고쳐서 다시 실행해 보십시오. 다음 셀에서 `--how kill`은 controlled shutdown 없이 브로커를 끝내고, `--how pause`는 브로커를 얼립니다.

// %% start
import { $ } from "zx";
import { readable, startLab, tableOf } from "@kafka-failure-lab/sdk";
import { about, finish, output, ownArguments, scenarioOptions } from "@kafka-failure-lab/sdk/scenario";

const options = scenarioOptions(
  {
    scenario: "00-first-steps",
    about: "starts three brokers, breaks the one that leads, heals it",
    window: false,
  },
  ownArguments("--how stop --timers fast"),
);
const { print, show } = output(options);
$.quiet = true; // what shell commands print is shown by print()
const lab = await startLab(options.lab); // brokers in Docker where a daemon answers, else as processes
await show(about(lab));

// %% [markdown]
// ## A send
//
// A send returns a value: its outcome, `ok` (acknowledged), `fail` (not written) or `info` (unknown), the broker that acknowledged it, and every attempt on the
// wire.

// %% [markdown] {"lang":"ko"}
// ## send 한 번
//
// send는 값을 돌려줍니다. outcome은 `ok`(ack를 받음), `fail`(기록되지 않음), `info`(알 수 없음) 중 하나입니다. ack를 보낸 브로커와 네트워크에서 이루어진 모든 시도도 들어 있습니다.

// %% send
const sent = await lab.probe.send();
print(
  `${sent.outcome} after ${readable(sent.tookMs)}: broker ${sent.broker ?? "none"}, ` +
    `${lab.topic}-${sent.partition ?? "?"} offset ${sent.offset ?? "?"}`,
);
const { brokers, controller, partitions } = await lab.cluster.describe();
const led = partitions.find(({ topic }) => topic === lab.topic)!;
await show(
  tableOf([
    ["broker", "endpoint", "", ""],
    ...brokers.map(({ broker, endpoint }) => [
      String(broker),
      endpoint,
      broker === led.leader ? "leader" : "follower",
      broker === controller ? "controller" : "",
    ]),
  ]),
);

// %% [markdown]
// ## The brokers from outside
//
// `$` of [zx](https://google.github.io/zx/) runs a shell command; `lab.capture` returns the command and its output. In Docker a broker is a container, which
// `docker ps` lists; otherwise it is a Java process, which `ps` lists.

// %% [markdown] {"lang":"ko"}
// ## 밖에서 본 브로커
//
// [zx](https://google.github.io/zx/)의 `$`는 셸 명령을 실행하고, `lab.capture`는 명령과 그 출력을 돌려줍니다. Docker에서 브로커는 컨테이너이며 `docker ps`에 나옵니다. Docker가 없으면 이 컴퓨터의 Java 프로세스이며
// `ps`에 나옵니다.

// %% outside
const pids = brokers.flatMap(({ pid }) => ["-p", pid]);
const outside = () =>
  lab.capture(() =>
    lab.engine.kind === "docker"
      ? $`docker ps --filter label=kafka-failure-lab --format ${"table {{.Names}}\t{{.Status}}"}`
      : $`ps -o pid,stat,etime,comm ${pids}`,
  );
print(await outside());

// %% [markdown]
// ## The leader's broker fails
//
// A load sends 50 records per second in the background. `lab.predict` predicts the effect of the fault on the load. Then `cluster.stop("leader")` sends SIGTERM to
// the current leader, `kill` SIGKILL, and `pause` freezes it; each returns the handle of the fault. The verdict at the end compares prediction and measurement.
// Which broker leads now?

// %% [markdown] {"lang":"ko"}
// ## 리더 브로커에 장애를 주입한다
//
// 백그라운드에서 초당 50건을 보냅니다. 먼저 `lab.predict`가 장애의 영향을 예측합니다. 이어서 `cluster.stop("leader")`는 현재 리더인 브로커에 SIGTERM을, `kill`은 SIGKILL을 보내고 `pause`는 그 브로커를 얼립니다. 셋 다 장애의 핸들을 돌려줍니다. 마지막 판정에서
// 예측과 측정을 비교합니다. 이제 리더는 어느 브로커입니까?

// %% fault
// the request timeout is how long it waits for a broker that is frozen
const load = lab.probe({ name: "load", requestTimeout: "5s" }).start({ perSecond: 50 });
await load.acknowledged(25);
const prediction = await lab.predict(options.how, "leader", { client: "load" });
print(`predicted: ${prediction.sentence}`);
const fault = await lab.cluster[options.how]("leader");
await load.acknowledged(25); // somebody acknowledges again
const next = (await lab.cluster.describe()).partitions.find(({ topic }) => topic === lab.topic)!;
print(
  `${fault.kind} broker ${fault.targets} (${fault.via}): ` +
    `${fault.exits[fault.targets[0]!]?.text ?? `took effect after ${readable(fault.tookMs)}`}`,
);
print(
  `leader ${led.leader ?? "none"} → ${next.leader ?? "none"}, leader epoch ${led.leaderEpoch} → ` +
    `${next.leaderEpoch}, ISR [${next.isr.join(", ")}]`,
);
print(await outside()); // one broker less; a frozen one is still there

// %% [markdown]
// A stop is a controlled shutdown: the broker asks the controller to move its leadership before it ends, so no session timeout is needed. After a kill, or when a
// broker is frozen, the controller waits for the session timeout first. The leader epoch is one higher, the ISR one smaller. Sends are still acknowledged, because
// two replicas in sync satisfy `min.insync.replicas` 2.
//
// ## Heal
//
// The handle heals its own fault. `waitFor` waits for a condition of the cluster, not for a time.

// %% [markdown] {"lang":"ko"}
// stop은 controlled shutdown입니다. 브로커는 종료하기 전에 controller에 리더를 옮겨 달라고 요청합니다. 그래서 session timeout을 기다리지 않습니다. kill이나 pause에서는 controller가 먼저 session timeout을 기다립니다. leader epoch은 하나 늘고 ISR은 하나 줄었습니다. in-sync
// replica 두 개가 `min.insync.replicas` 2를 만족하므로 ack는 계속됩니다.
//
// ## 복구
//
// 핸들의 `heal`이 그 장애를 복구합니다. `waitFor`는 시간이 아니라 클러스터의 상태를 기다립니다.

// %% heal
await fault.heal(); // or lab.cluster.start(1)
await lab.cluster.waitFor("full isr");
const counts = await load.stop();
print(`every replica is in sync again; the load: ${counts.ok} ok, ${counts.fail} fail, ${counts.info} info`);

// %% [markdown]
// ## The verdict
//
// `conclude` heals the remaining faults, reads the whole topic back, and judges the history: was an acknowledged record lost, duplicated or out of order? It
// compares the prediction with the measurement, explains each part of the outage, and ends the brokers.

// %% [markdown] {"lang":"ko"}
// ## 판정
//
// `conclude`는 남은 장애를 복구하고, 토픽 전체를 다시 읽어 history를 판정합니다. ack를 받은 레코드 가운데 사라졌거나 중복되었거나 순서가 바뀐 것이 있는지 확인합니다. 예측을 측정과 비교하고, 중단된 시간을 구간별로 설명한 뒤 브로커를 종료합니다.

// %% verdict
const failed = { stop: "is stopped", kill: "is killed", pause: "is frozen" }[options.how];
const claim = `a broker that ${failed} costs a producer time, and no record that was acknowledged`;
const { verdict, judgement, exitCode } = await lab.conclude({
  claim,
  checks: ["noLostWrites", "noPhantomWrites", "order"],
  holds: next.leader !== led.leader,
  print: !options.json,
});
finish(options, {
  scenario: options.scenario,
  claim,
  verdict,
  exitCode,
  figures: {
    "first send": { value: sent.outcome },
    "another broker leads": { value: next.leader !== led.leader },
    lost: { value: judgement.counts.lost },
    "without an acknowledged send": {
      ms: judgement.gaps.faults[0]?.clients[0]?.ms ?? null,
      within: [0, options.how === "stop" ? 6_000 : 60_000],
    },
  },
  kafka: lab.engine.kafka,
  engine: lab.engine.kind,
});

// %% [markdown]
// Next: `01-broker-stops` repeats this for connected and for new clients. `02-four-causes` shows why the cluster of [the posted
// experiment](../docs/posted-experiment.md) did not fail over, `03-long-delay` what a slow network does. `04-your-own-compose` takes your own cluster.

// %% [markdown] {"lang":"ko"}
// 다음: `01-broker-stops`는 연결된 클라이언트와 새 클라이언트로 같은 실험을 합니다. `02-four-causes`는 [원문의 실험](../docs/posted-experiment.md)에 나온 클러스터가 failover하지 못한 이유를, `03-long-delay`는 느린
// 네트워크의 영향을 보여 줍니다. `04-your-own-compose`는 여러분의 클러스터로 실험합니다.
