#!/usr/bin/env -S npx tsx
// The script and the notebook: `npx tsx scripts/03-long-delay.ts --help`

// %% [markdown]
// # A long delay
//
// **Claim:** a broker whose every answer is D late serves warm clients after 1 D; a new client needs several answers before it knows the topic,
// so raising the request timeout alone is not what decides: it must be counted which timer allows how many D. Delayed only towards clients, the
// broker goes on leading; delayed altogether, it is fenced and another one leads. Nothing acknowledged is lost.
//
// The chapter asks for "high latency between the client and the broker". The posted experiment made it with `tc qdisc add dev eth0 root netem delay
// 30000ms`: the send took 30,007 ms. With `request.timeout.ms` raised it ended with "Topic my_topic not present in metadata after 60000 ms".

// %% start
import process from "node:process";
import { exitCodeOf, mergeVerdicts, readable, startLab, table } from "@kafka-failure-lab/sdk";
import { delayOptions, measureStep, type MeasuredStep, missLines, partRows, rowOf, stepRows, stepsOf, verdictOf } from "./delay.ts";

const options = delayOptions();
const { delayMs, client } = options;
const steps = stepsOf(options);
const print = options.json ? console.error : console.log;
const posted = await startLab({ ...options.lab, compose: ["as-posted"], topic: { name: "my_topic", create: false } });
print(`Kafka ${posted.engine.kafka}, ${posted.engine.kind} engine, client ${client}; D = ${readable(delayMs)}${options.scale === 1 ? ", at full length" : `: the posted 30 s, and the client's timers with it, times ${Number(options.scale.toFixed(3))}; brokers have ${options.timers} timers`}`);
for (const line of posted.differs) print(`  differs: ${line}`);

// %% [markdown]
// ## The posted cluster, without delay
//
// A client that knows the cluster. Its only bootstrap server is the broker that leads the topic, as in the posted application.

// %% warm
posted.step("normal");
await posted.probe.send(); // creates the topic
const before = await posted.cluster.waitFor(({ partitions }) => partitions.some(({ topic, leader }) => topic === "my_topic" && leader !== null));
const leader = before.partitions.find(({ topic }) => topic === "my_topic")!.leader!;
const address = before.brokers.find(({ broker }) => broker === leader)!.endpoint;
const warm = posted.probe({ ...steps.warm.options, name: "warm", bootstrap: [address] });
const first = await warm.send();
print(`leader of my_topic: broker ${leader}; a warm send took ${readable((await warm.send()).tookMs)}, the first one ${readable(first.tookMs)}`);

// %% [markdown]
// ## Everything that the leader's broker sends is D late
//
// One answer for the warm client: 1 D. But D is also its request timeout, so milliseconds decide whether the answer or the timeout comes first.

// %% delay
posted.step("delay, all");
const delay = await posted.net.delay("leader", delayMs);
print(`delayed broker ${delay.targets} by ${readable(delayMs)} (${delay.via}), took ${readable(delay.tookMs)}`);
const rows: MeasuredStep[] = [await measureStep(posted, steps.warm, { where: "posted, all", delayMs, leader, probe: warm })];
print(`warm send: ${rows[0]!.outcome} after ${rows[0]!.count} D`);

// %% [markdown]
// ## New clients
//
// They have to find the cluster first. With the posted settings; with the posted remedy, a request timeout of 20 D; with the settings that are
// enough; and with a second, sound bootstrap server.

// %% cold clients
for (const step of steps.cold) {
  const row = await measureStep(posted, step, { where: "posted, all", delayMs, leader });
  rows.push(row);
  print(`${step.name} (${step.settings}): ${row.outcome} after ${row.count} D${row.error === undefined ? "" : `; ${row.error.split("\n", 1)[0]}`}`);
}

// %% [markdown]
// ## The delay is removed

// %% removed
posted.step("removed");
await delay.heal();
rows.push(await measureStep(posted, steps.last, { where: "posted, none", delayMs, leader }));
print(`a new client: ${rows.at(-1)!.outcome} after ${readable(rows.at(-1)!.tookMs)}`);
const endedPosted = await posted.conclude({ claim: "clients of the posted cluster need as many delayed answers as predicted", checks: ["survive", "honest", "duplicates"], holds: verdictOf(rows), print: !options.json, exitCode: false });

// %% [markdown]
// ## Three brokers, delayed towards clients only
//
// This is what the chapter means: the cluster is sound, the way to it is long. The broker goes on leading, and a patient client waits 1 D for each answer.

// %% clients only
const lab = await startLab({ ...options.lab, compose: ["three-brokers"] });
const { leader: led } = (await lab.cluster.waitFor("full isr")).partitions.find(({ topic }) => topic === lab.topic)!;
const own = (await lab.cluster.describe()).brokers.find(({ broker }) => broker === led)!.endpoint;
const patient = lab.probe({ ...steps.patient.options, name: "patient", bootstrap: [own] });
const moving = lab.probe({ ...steps.failover.options, name: "moves on" });
await Promise.all([patient.send(), moving.send()]);
lab.step("delay, clients");
const towards = await lab.net.delay(led!, delayMs, { path: "clients" });
const three: MeasuredStep[] = [await measureStep(lab, steps.patient, { where: "three, clients", delayMs, leader: led!, probe: patient })];
const stays = (await lab.cluster.describe()).partitions.find(({ topic }) => topic === lab.topic)!.leader === led;
await towards.heal();
print(`delayed towards clients: ${three[0]!.outcome} after ${three[0]!.count} D; broker ${led} ${stays ? "goes on leading" : "does not lead any more"}`);

// %% [markdown]
// ## Three brokers, delayed altogether
//
// `tc` on the whole interface also delays heartbeats and replication. The controller fences the broker, and another one leads: this tests a fail-over, not a
// long way. A client that drops the connection when its request times out finds the new leader.

// %% all of it
lab.step("delay, all");
const whole = await lab.net.delay(led!, delayMs);
const sending = measureStep(lab, steps.failover, { where: "three, all", delayMs, leader: led!, probe: moving });
const moved = await lab.cluster.waitFor(({ partitions }) => partitions.some(({ topic, leader }) => topic === lab.topic && leader !== null && leader !== led), { timeout: 4 * delayMs + 30_000 }).then(() => true, () => false);
three.push(await sending);
await whole.heal();
await lab.cluster.waitFor("full isr");
print(`delayed altogether: ${moved ? "another broker leads" : "nobody else leads"}; ${three.at(-1)!.outcome} after ${three.at(-1)!.count} D`);
three.push(await measureStep(lab, steps.last, { where: "three, none", delayMs, leader: led! }));

// %% [markdown]
// ## Round trips, predicted and measured

// %% table
const all = [...rows, ...three];
print(table(stepRows(all), { align: ["left", "left", "left", "right", "right", "right", "left", "left"] }).join("\n"));
print(table(partRows(all)).join("\n"));
for (const line of missLines(all)) print(`not as predicted: ${line}`);

// %% verdict
const claim = `with every answer D = ${readable(delayMs)} late, warm clients need 1 D and new ones as many as counted; towards clients only the leader stays, altogether it moves; nothing acknowledged is lost`;
const endedThree = await lab.conclude({ claim, checks: ["survive", "honest", "duplicates"], holds: verdictOf(three) === true && stays && moved, print: !options.json, exitCode: false });
const verdict = mergeVerdicts([endedPosted.verdict, endedThree.verdict]);
print(`\nclaim: ${claim}\n${verdict === true ? "it held" : verdict === false ? "it did not hold" : "it cannot be told"}`);
process.exitCode = exitCodeOf(verdict);
if (options.json) console.log(JSON.stringify({ claim, verdict, exitCode: exitCodeOf(verdict), client, delayMs, scale: options.scale, timers: options.timers, steps: all.map(rowOf), stays, moved, engine: lab.engine.kind, kafka: lab.engine.kafka, runs: [endedPosted.dir, endedThree.dir] }));
