#!/usr/bin/env -S npx tsx
// The script and the notebook: `npx tsx scripts/01-broker-stops.ts --help`

// %% [markdown]
// # A broker stops
//
// **Claim:** when the broker that leads the topic goes away, another takes over: clients go on, nothing acknowledged is lost, and after a
// restart every replica is in sync again.
//
// The chapter calls this *leader election*: "what happens if I kill the leader? How long does it take the producer and consumer to start
// working as usual again?"

// %% start
import { outage, readable, scenarioOptions, startLab, table, toMs } from "@kafka-failure-lab/sdk";

const options = scenarioOptions({ scenario: "01-broker-stops", about: "stops the leader's broker under load and measures what clients see" });
const print = options.json ? console.error : console.log;
const lab = await startLab(options.lab);
const { cluster, run, topic } = lab;
print(`Kafka ${lab.engine.kafka}, ${lab.engine.kind} engine, ${options.lab.compose?.join(" + ")}, ${options.timers} timers, up after ${readable(lab.bootMs)}`);
for (const line of lab.differs) print(`  differs: ${line}`);

// %% [markdown]
// ## Normal delivery
//
// One send, and where it went. The first send is also what creates the topic in the posted cluster.

// %% normal delivery
lab.step("normal");
const first = await lab.probe.send();
print(`first send: ${first.outcome} after ${readable(first.tookMs)}, broker ${first.broker ?? "-"}, offset ${first.offset ?? "-"}`);
const before = await cluster.waitFor((now) => now.partitions.some((one) => one.topic === topic && one.leader !== null));
const led = before.partitions.find((one) => one.topic === topic)!;
print(`${topic}: leader ${led.leader}, ISR [${led.isr.join(", ")}] of [${led.replicas.join(", ")}]; controller ${before.quorum?.leader}`);

// %% [markdown]
// ## Two warm clients under load
//
// Both know the cluster already. One was given a single bootstrap server (the broker that is about to go), the other all of them.

// %% warm clients
const one = [before.brokers.find(({ broker }) => broker === led.leader)!.endpoint];
const requestTimeout = options.timers === "fast" ? "2s" : "5s"; // how long a client waits for a frozen broker
const warm = [lab.probe({ name: "warm, one", bootstrap: one, requestTimeout }), lab.probe({ name: "warm, all", requestTimeout })].map((probe) => probe.start({ perSecond: 50 }));
await Promise.all(warm.map((load) => load.acknowledged(50)));

// %% [markdown]
// ## The leader's broker goes

// %% fault
lab.step(`leader ${options.how}`);
const fault = await cluster[options.how]("leader");
print(`${options.how} broker ${fault.targets} (${fault.via}), ${fault.exits[fault.targets[0]!]?.text ?? `took ${readable(fault.tookMs)}`}`);

// %% [markdown]
// ## Who still gets through?
//
// Two cold clients start now: they have to find the cluster first. All four are watched until each has been served again, or the window ends.

// %% clients
const cold = [lab.probe({ name: "cold, one", bootstrap: one, requestTimeout }), lab.probe({ name: "cold, all", requestTimeout })].map((probe) => probe.start({ perSecond: 50 }));
const served = await Promise.allSettled([...warm, ...cold].map((load) => load.acknowledged(25, { timeout: options.window })));
print(`${served.filter(({ status }) => status === "fulfilled").length} of 4 clients were served within ${readable(toMs(options.window))}`);

// %% [markdown]
// ## It comes back

// %% heal
lab.step("back again");
await fault.heal();
const isr = await cluster.waitFor("full isr", { timeout: "30s" }).then(() => true, () => false);
const back = await Promise.allSettled([...warm, ...cold].map((load) => load.acknowledged(25, { timeout: "30s" })));
print(`full ISR: ${isr ? "yes" : "no"}; ${back.filter(({ status }) => status === "fulfilled").length} of 4 clients are served again`);
await Promise.all([...warm, ...cold].map((load) => load.stop({ giveUp: true })));

// %% [markdown]
// ## What it came to
//
// The application of the posted experiment has one bootstrap server, unless that is fixed: the claim is judged for clients like it. A cold
// client whose only bootstrap server is gone can never find the others, whatever the cluster does.

// %% measured
const measured = outage(run.history, { topic });
const like = options.cluster === "as-posted" && !options.fixes.includes("bootstrap") ? ["warm, one", "cold, one"] : ["warm, all", "cold, all"];
const rows = Object.entries(measured.clients).map(([client, gapMs]) => [client, gapMs === null ? "for ever" : readable(gapMs), like.includes(client) ? "judged" : ""]);
print(table([["client, bootstrap", "without an acknowledged send", ""], ...rows]).join("\n"));
print(`leader ${measured.leader.before} → ${measured.leader.after ?? "none"}, controller node ${measured.controller.before} → ${measured.controller.after ?? "none"}`);

// %% verdict
const claim = `after ${options.how} of the leader's broker another takes over: clients are served again within ${readable(toMs(options.window))}, nothing acknowledged is lost, and every replica returns`;
const { verdict, judgement, exitCode, dir } = await lab.conclude({
  claim,
  checks: ["survive", "honest", "duplicates", "order"],
  holds: isr && like.every((client) => typeof measured.clients[client] === "number"),
  print: !options.json,
});
const { acknowledged, lost, duplicates } = judgement.counts;
if (options.json) console.log(JSON.stringify({ claim, verdict, exitCode, clients: measured.clients, judged: like, acknowledged, lost, duplicates, leader: measured.leader, isr: measured.isr, fullIsrAfterHeal: isr, controller: measured.controller, kafka: lab.engine.kafka, engine: lab.engine.kind, compose: options.lab.compose, fixes: options.fixes, how: options.how, timers: options.timers, bootMs: lab.bootMs, run: dir }));
