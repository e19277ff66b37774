// Starts a fixed compose file and writes a record to it.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import * as assert from "uvu/assert";
import { LabError, startLab } from "@kafka-failure-lab/sdk";
import { skip } from "../skip.ts";
import { type BrokenInput, fixedText } from "./fix-inputs.ts";

/** Every broker of the fixed file serves, and a record is acknowledged by all replicas. */
export async function servesWhenFixed(input: BrokenInput): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), "fixed-"));
  const file = path.join(folder, "compose.yml");
  writeFileSync(file, fixedText(input));
  const isLocal = process.env["LAB_ENGINE"] !== "docker";
  try {
    await using lab = await startLab({
      scenario: "test-fixes",
      compose: [file],
      timers: "fast",
      onProgress: false,
      ...(isLocal && { kafka: input.kafka }),
    });
    const { outcome } = await lab.probe({ name: "one" }).send();
    assert.is(outcome, "ok");
    const { brokers, partitions } = await lab.cluster.describe();
    assert.is(brokers.filter(({ alive }) => alive).length, input.brokers);
    assert.ok(
      partitions.every(({ isr }) => isr.length === Math.min(3, input.brokers)),
      JSON.stringify(partitions),
    );
  } catch (error) {
    // a registry that cannot be asked says nothing about the fix
    if (!(error instanceof LabError) || error.code !== "NO_IMAGE") throw error;
    skip(error.message);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
