// Somebody else on the same machine, who must not notice the lab: another lab's broker, or a container,
// network and volume of nobody's lab.

import process from "node:process";
import { startLab } from "@kafka-failure-lab/sdk";
import * as assert from "uvu/assert";
import { brokerProcesses, docker, isDocker } from "./outside.ts";

export interface Bystander {
  assertUntouched(): Promise<void>;
  close(): Promise<void>;
}

const IMAGE = process.env["LAB_KAFKA_IMAGE"] ?? "apache/kafka:3.9.2";

export async function startBystander(): Promise<Bystander> {
  return isDocker ? startContainer(`lab-bystander-${process.pid}`) : await startBroker();
}

async function startBroker(): Promise<Bystander> {
  const lab = await startLab({
    scenario: "test-bystander",
    compose: ["one-broker"],
    timers: "fast",
    onProgress: false,
  });
  const before = brokerProcesses(process.pid);
  assert.is(before.length, 1);
  return {
    async assertUntouched() {
      assert.equal(brokerProcesses(process.pid), before, "the bystander's broker was touched");
      assert.is((await lab.probe.send()).outcome, "ok");
    },
    close: () => lab.close(),
  };
}

function startContainer(name: string): Bystander {
  docker("network", "create", name);
  docker("volume", "create", name);
  docker(
    "run",
    "--detach",
    "--name",
    name,
    "--network",
    name,
    "--volume",
    `${name}:/bystander`,
    "--entrypoint",
    "sleep",
    IMAGE,
    "600",
  );
  const look = (): string =>
    [
      docker("inspect", "--format", "{{.Id}} {{.State.Status}} {{.State.StartedAt}} {{.State.Pid}}", name),
      docker("network", "inspect", "--format", "{{.Id}} {{len .Containers}}", name),
      docker("volume", "inspect", "--format", "{{.CreatedAt}}", name),
    ].join("");
  const before = look();
  return {
    async assertUntouched() {
      assert.is(look(), before, "the bystander's container, network or volume was touched");
    },
    async close() {
      docker("rm", "--force", "--volumes", name);
      docker("network", "rm", name);
      docker("volume", "rm", name);
    },
  };
}
