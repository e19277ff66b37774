// The posted experiment with the posted command's effect at full length: netem delays by 30 s what the
// leader's broker sends, and Kafka's own client sends.
//
//   posted: a send took 30,007 ms; with request.timeout.ms raised,
//           "Topic my_topic not present in metadata after 60000 ms"

import process from "node:process";
import * as assert from "uvu/assert";
import type { Lab } from "@kafka-failure-lab/sdk";
import { measureStep, type MeasuredStep } from "../../scripts/delay/measure.ts";
import { stepsOf } from "../../scripts/delay/steps.ts";
import { containerIds, docker } from "../live/outside.ts";

const D = 30_000;
const steps = stepsOf({ client: "java", scale: 1 });

/**
 * A warm client's answer comes after 1 D, a new one never knows the topic, whatever request.timeout.ms is;
 * without the delay both are served.
 *
 * @param lab of the posted cluster, with `topic: { name: "my_topic", create: false }`
 */
export async function postedExperiment(lab: Lab): Promise<void> {
  await lab.probe.send();
  const now = await lab.cluster.waitFor(
    ({ partitions }) => partitions.some(({ topic, leader }) => topic === "my_topic" && leader !== null),
    { timeout: "10m" },
  );
  const leader = now.partitions.find(({ topic }) => topic === "my_topic")!.leader!;
  const service = lab.engine.nodes.find(({ broker }) => broker === leader)!.service;
  const [container] = containerIds(process.pid, `label=com.docker.compose.service=${service}`);
  const warm = lab.probe({
    ...steps.patient.options,
    name: "warm",
    bootstrap: [lab.engine.nodes.find(({ broker }) => broker === leader)!.client!],
  });
  assert.is((await warm.send()).outcome, "ok");

  const fault = await lab.net.delay("leader", D);
  assert.match(
    docker("exec", container!, "tc", "qdisc", "show", "dev", "eth0"),
    /netem 7ab: root .*delay 30s/,
  );
  const measured: MeasuredStep[] = [
    await measureStep(lab, steps.patient, { where: "posted", delayMs: D, leader, probe: warm }),
  ]; // with the posted 30 s, milliseconds decide
  for (const step of steps.cold.slice(0, 2))
    measured.push(await measureStep(lab, step, { where: "posted", delayMs: D, leader }));
  const lines = measured.map(
    ({ step: { name }, outcome, count, error = "" }) => `${name}: ${outcome} after ${count} D ${error}`,
  );
  console.log(lines.join("\n"));
  assert.is(measured[0]!.outcome, "ok", lines[0]);
  assert.ok(measured[0]!.tookMs >= D - 10 && measured[0]!.tookMs < 1.5 * D, lines[0]);
  for (const one of measured.slice(1)) {
    assert.is(one.outcome, "fail", lines.join("\n"));
    assert.match(one.error!, /Topic my_topic not present in metadata after 60000 ms/);
    assert.ok(one.count >= 1.99 && one.count < 2.3, lines.join("\n"));
  }
  await fault.heal();
  assert.not.match(docker("exec", container!, "tc", "qdisc", "show", "dev", "eth0"), /netem/);
  const last = await measureStep(lab, steps.last, { where: "without", delayMs: D, leader });
  assert.is(last.outcome, "ok", last.error);
  assert.ok(last.count < 0.5, `${last.count} D`);
}
