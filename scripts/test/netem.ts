// The netem lane: this runner once more, in a guest whose kernel has netem.

import process from "node:process";
import { prepareGuest } from "../../test/netem/prepare.ts";
import { runInGuest } from "../../test/netem/guest.ts";
import { NOTHING, type Outcome } from "./outcome.ts";

const GUEST_MS = 3_600_000;

/** Runs the lane `netem-inside` in the guest and takes its closing line. */
export async function inGuest(
  disk: string,
  node: readonly string[],
  pattern: RegExp | undefined,
  say: (line: string) => void,
): Promise<Outcome> {
  let output = "",
    rest = "";
  const show = (text: string): void => {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) say(`   ${line}`);
  };
  const own = ["scripts/test.ts", "--lane", "netem-inside", "--deno", "none"];
  const { exitCode, why, tookMs } = await runInGuest(
    [...node, ...own, ...(pattern === undefined ? [] : [pattern.source])],
    {
      disk,
      env: { ...process.env, LAB_STATE: "/tmp" }, // its own, where the host's home has the host's labs
      deadlineMs: GUEST_MS,
      onOutput: (text) => ((output += text), show(text)),
      onConsole: (line) => line.startsWith("guest: ") && say(`   ${line}`),
    },
  );
  const [, passed, failed, skipped] = (
    output.match(/^(\d+) passed, (\d+) failed, (\d+) skipped$/m) ?? []
  ).map(Number);
  if (passed === undefined || failed === undefined || skipped === undefined)
    return { ...NOTHING, failed: 1, tookMs, why: why ?? `exit ${exitCode} without a closing line` };
  return {
    passed,
    failed: exitCode === 0 ? failed : Math.max(failed, 1),
    skipped,
    tookMs,
    ...(why !== undefined && { why }),
  };
}

/** Makes the guest's disk; the path, or why this machine cannot run a guest. */
export async function prepareDisk(
  say: (line: string) => void,
): Promise<{ disk: string } | { cannot: string }> {
  const { disk, cannot } = await prepareGuest({ say: (line) => say(`   ${line}`) });
  return disk === undefined ? { cannot: cannot ?? "the guest has no disk" } : { disk };
}
