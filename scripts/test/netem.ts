// The netem lanes: this runner once more, in a guest whose kernel has netem.

import process from "node:process";
import { prepareGuest } from "../../test/netem/prepare.ts";
import { runInGuest } from "../../test/netem/guest.ts";
import type { LaneName } from "./options.ts";
import { NOTHING, type Outcome } from "./outcome.ts";

const GUEST_MS = 2_700_000;
/** A user-mode kernel may stop, seldom: that says nothing about the lab, and it is booted once more. */
const BOOTS = 2;

export interface InGuest {
  /** The lane that the guest runs. */
  lane: LaneName;
  /** How Node is called. */
  node: readonly string[];
  /** Which files; undefined for all. */
  pattern: RegExp | undefined;
  say(line: string): void;
}

/** Runs a lane in the guest and takes its closing line; a kernel that stops is booted once more. */
export async function inGuest(disk: string, options: InGuest): Promise<Outcome> {
  const began = performance.now();
  for (let boot = 1; ; boot++) {
    const { hung, ...outcome } = await oneBoot(disk, options);
    if (!hung || boot === BOOTS) return { ...outcome, tookMs: performance.now() - began };
    options.say(`   ${outcome.why ?? "its kernel stopped"}: it is booted once more`);
  }
}

async function oneBoot(
  disk: string,
  { lane, node, pattern, say }: InGuest,
): Promise<Outcome & { hung: boolean }> {
  let output = "",
    rest = "";
  const show = (text: string): void => {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) say(`   ${line}`);
  };
  const own = ["scripts/test.ts", "--lane", lane, "--deno", "none"];
  const {
    exitCode,
    why,
    tookMs,
    hung = false,
  } = await runInGuest([...node, ...own, ...(pattern === undefined ? [] : [pattern.source])], {
    disk,
    env: { ...process.env, LAB_STATE: "/tmp" }, // its own, where the host's home has the host's labs
    deadlineMs: GUEST_MS,
    onOutput: (text) => ((output += text), show(text)),
    onConsole: (line) => line.startsWith("guest: ") && say(`   ${line}`),
  });
  const counts = (output.match(/^(\d+) passed, (\d+) failed, (\d+) skipped$/m) ?? []).slice(1).map(Number);
  const [passed, failed, skipped] = counts;
  if (passed === undefined || failed === undefined || skipped === undefined) {
    const end = why ?? `exit ${exitCode ?? "by a signal"} without a closing line`;
    const last = output.trimEnd().split("\n").slice(-3).join(" | ");
    return { ...NOTHING, failed: 1, tookMs, why: `${end}; said last: ${last}`, hung };
  }
  return {
    passed,
    failed: exitCode === 0 ? failed : Math.max(failed, 1),
    skipped,
    tookMs,
    hung: false,
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
