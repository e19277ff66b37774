#!/usr/bin/env -S npx tsx
// The script and the notebook: `npx tsx scripts/00-first-steps.ts --help`

// %% [markdown]
// # First steps
//
// **Claim:** with three replicas, a broker that is stopped costs a producer a moment, and no record that was acknowledged.
//
// Three real brokers, one client, one fault: the SDK in a handful of cells. Run them from the top; change one and run it again.

// %% [markdown] {"lang":"ko"}
// # 첫걸음
//
// **주장:** replica가 세 개면 브로커 하나가 멈춰도 프로듀서는 잠깐 기다릴 뿐이고, ack를 받은 레코드는 하나도 사라지지 않는다.
//
// 진짜 브로커 세 대, 클라이언트 하나, 장애 하나. 셀 몇 개로 SDK를 훑어본다. 위에서부터 실행하고, 하나를 고쳐서 다시 실행해 보자.

// %% start
import { about, finish, output, ownArguments, readable, scenarioOptions, startLab, tableOf } from "@kafka-failure-lab/sdk";

const options = scenarioOptions({ scenario: "00-first-steps", about: "starts three brokers, stops the one that leads, heals it", how: "stop", window: false }, ownArguments("--timers fast"));
const { print, show } = output(options);
const lab = await startLab(options.lab); // brokers in Docker where a daemon answers, else as processes
await show(about(lab));

// %% [markdown]
// ## A send
//
// A send is a value. Its outcome is `ok` (it happened), `fail` (it did not) or `info` (nobody can know), and it says which broker took it, and every try on
// the wire.

// %% [markdown] {"lang":"ko"}
// ## send 한 번
//
// send의 결과는 값이다. outcome은 `ok`(일어났다), `fail`(일어나지 않았다), `info`(알 수 없다) 셋 중 하나이고, 어느 브로커가 받았는지와 네트워크 위에서의 모든 시도가
// 함께 담긴다.

// %% send
const sent = await lab.probe.send();
print(`${sent.outcome} after ${readable(sent.tookMs)}: broker ${sent.broker}, ${lab.topic}-${sent.partition} offset ${sent.offset}`);
const { brokers, controller, partitions } = await lab.cluster.describe();
const led = partitions.find(({ topic }) => topic === lab.topic)!;
await show(tableOf([["broker", "endpoint", "", ""], ...brokers.map(({ broker, endpoint }) => [String(broker), endpoint, broker === led.leader ? "leader" : "follower", broker === controller ? "controller" : ""])]));

// %% [markdown]
// ## The leader's broker is stopped
//
// A load sends 50 records a second in the background. `cluster.stop("leader")` sends SIGTERM to whichever broker leads at that moment and returns a handle on the
// fault. Before it does, `lab.predict` says what that will do to the load; at the end the verdict compares. Who leads then?

// %% [markdown] {"lang":"ko"}
// ## 리더 브로커를 멈춘다
//
// 백그라운드에서 초당 50건을 보내는 동안 `cluster.stop("leader")`가 그 순간 리더인 브로커에 SIGTERM을 보내고, 장애의 핸들을 돌려준다.
// 그 전에 `lab.predict`가 이 장애가 부하에 무슨 일을 일으킬지 말하고, 마지막 판정에서 실제와 비교한다. 이제 누가 리더일까?

// %% stop
const load = lab.probe({ name: "load" }).start({ perSecond: 50 });
await load.acknowledged(25);
const prediction = await lab.predict("stop", "leader", { client: "load" });
print(`predicted: ${prediction.sentence}`);
const stopped = await lab.cluster.stop("leader");
await load.acknowledged(25); // somebody acknowledges again
const next = (await lab.cluster.describe()).partitions.find(({ topic }) => topic === lab.topic)!;
print(`${stopped.kind} broker ${stopped.targets} (${stopped.via}): ${stopped.exits[led.leader!]?.text}`);
print(`leader ${led.leader} → ${next.leader}, leader epoch ${led.leaderEpoch} → ${next.leaderEpoch}, ISR [${next.isr.join(", ")}]`);

// %% [markdown]
// A controlled shutdown: the broker asked the controller to hand its leadership on before it went, so nobody had to notice its death. The leader epoch is higher by
// one, the ISR is smaller by one, and acknowledgements go on, because two replicas in sync are enough for `min.insync.replicas` 2.
//
// ## Heal
//
// The handle undoes its own fault. `waitFor` waits for a state of the cluster, never for a time.

// %% [markdown] {"lang":"ko"}
// controlled shutdown이다. 브로커가 내려가기 전에 controller에게 리더를 넘겨 달라고 요청했으므로, 누구도 브로커의 죽음을 알아챌 필요가 없었다. leader epoch은 하나 늘고 ISR은 하나
// 줄었지만 ack는 계속된다. in-sync replica 두 개면 `min.insync.replicas` 2를 만족하기 때문이다.
//
// ## 복구
//
// 핸들은 자기 장애를 스스로 되돌린다. `waitFor`는 시간이 아니라 클러스터의 상태를 기다린다.

// %% heal
await stopped.heal(); // or lab.cluster.start(1)
await lab.cluster.waitFor("full isr");
const counts = await load.stop();
print(`every replica is in sync again; the load: ${counts.ok} ok, ${counts.fail} fail, ${counts.info} info`);

// %% [markdown]
// ## The verdict
//
// `conclude` heals what is left, reads the whole topic back, and judges the history: was anything acknowledged lost, twice there, out of order? It compares what was predicted with
// what came, says of each part of the outage what it was spent on, and ends the brokers.

// %% [markdown] {"lang":"ko"}
// ## 판정
//
// `conclude`는 남은 장애를 복구하고, 토픽 전체를 다시 읽어 history를 판정한다. ack를 받고도 사라진 레코드, 두 번 들어간 레코드, 순서가 바뀐 레코드가 있는가? 예측과
// 실제를 비교하고, 중단된 시간이 어디에 쓰였는지 부분별로 말한 뒤 브로커를 종료한다.

// %% verdict
const claim = "a broker that is stopped costs a producer a moment, and no record that was acknowledged";
const { verdict, judgement, exitCode } = await lab.conclude({ claim, checks: ["noLostWrites", "noPhantomWrites", "order"], holds: next.leader !== led.leader, print: !options.json });
finish(options, {
  scenario: options.scenario, claim, verdict, exitCode,
  figures: {
    "first send": { value: sent.outcome },
    "another broker leads": { value: next.leader !== led.leader },
    "lost": { value: judgement.counts.lost },
    "without an acknowledged send": { ms: judgement.gap?.ms ?? null, within: [0, 6_000] },
  },
  kafka: lab.engine.kafka, engine: lab.engine.kind,
});

// %% [markdown]
// Next: `01-broker-stops` asks the same of clients that know the cluster and of new ones, `02-four-causes` why the posted cluster did not fail over, `03-long-delay` what a slow
// network does, and `04-your-own-compose` takes your own cluster.

// %% [markdown] {"lang":"ko"}
// 다음: `01-broker-stops`는 클러스터를 이미 아는 클라이언트와 새 클라이언트에게 같은 질문을 하고, `02-four-causes`는 글 속의 클러스터가 왜 failover하지 못했는지, `03-long-delay`는 느린
// 네트워크가 무엇을 하는지 보여 준다. `04-your-own-compose`는 여러분의 클러스터로 실험한다.
