// What the kernel can do to packets: netem is tried, since neither a file nor a version shows whether it is
// there.
//
//   unshare -n            a network namespace of its own, gone with its only process: nothing is left behind
//     tc qdisc add dev lo root netem delay 1ms      on that namespace's own loopback

import { readFile } from "node:fs/promises";
import process from "node:process";
import { exitWords } from "../runtime/command.ts";
import { type Answer, ask } from "./ask.ts";
import { onPath } from "./program.ts";
import { install, type MachineCheck, type Surroundings } from "./report.ts";

const TRY = ["qdisc", "add", "dev", "lo", "root", "netem", "delay", "1ms"];

export async function checkNetem(around: Surroundings): Promise<MachineCheck[]> {
  const { env, platform } = around;
  const facts = { group: "network", name: "sch_netem" } as const;
  if (platform !== "linux")
    return [
      {
        ...facts,
        state: "unknown",
        found: "this is not Linux; the kernel of docker's virtual machine is not looked into",
      },
    ];
  // in folders that may not be on a user's path, too
  const tc = await onPath("tc", env, ["/usr/sbin", "/sbin"]);
  if (tc === undefined)
    return [
      {
        ...facts,
        state: "unknown",
        found: "no tc here to try it with",
        remedy: install(platform, { apt: "iproute2", brew: "" }),
      },
    ];
  // without root a user namespace gives the right to it, where the machine allows that
  const asRoot = process.getuid?.() === 0;
  return [readNetem(await ask(["unshare", ...(asRoot ? [] : ["-r"]), "-n", tc, ...TRY], around))];
}

/** Distinguishes a kernel without netem from a user who may not try. */
export function readNetem(answer: Answer): MachineCheck {
  const facts = { group: "network", name: "sch_netem" } as const;
  if (answer.kind === "absent")
    return {
      ...facts,
      state: "unknown",
      found: "no unshare on the path to make a throw-away namespace with",
      remedy: "sudo apt-get install util-linux",
    };
  if (answer.kind === "silent") return { ...facts, state: "unknown", found: "no answer in time" };
  if (answer.exitCode === 0)
    return { ...facts, state: "ok", found: "tried on a throw-away interface: tc netem works" };
  if (
    /qdisc kind is unknown|qdisc not found|no such file or directory/i.test(answer.stderr) &&
    !/unshare/.test(answer.stderr)
  ) {
    return {
      ...facts,
      state: "missing",
      found: "tried on a throw-away interface: this kernel has no netem",
      remedy: "sudo modprobe sch_netem || sudo apt-get install linux-modules-extra-$(uname -r)",
    };
  }
  if (/not permitted|permission denied|unshare/i.test(answer.stderr))
    return {
      ...facts,
      state: "unknown",
      found: "needs root to be tried",
      remedy: "sudo npx tsx scripts/doctor.ts",
    };
  return {
    ...facts,
    state: "unknown",
    found: answer.stderr.split("\n").at(-1) || `tc ${exitWords(answer.exitCode)}`,
  };
}

export async function checkNetAdmin({ platform }: Surroundings): Promise<MachineCheck[]> {
  const facts = { group: "network", name: "NET_ADMIN" } as const;
  if (platform !== "linux")
    return [
      {
        ...facts,
        state: "unknown",
        found: "this is not Linux; containers get it from cap_add in the compose file",
      },
    ];
  const has = hasNetAdmin(await readFile("/proc/self/status", "utf8"));
  if (has === undefined) return [{ ...facts, state: "unknown", found: "/proc/self/status does not say" }];
  if (has) return [{ ...facts, state: "ok", found: "this process has it" }];
  return [
    {
      ...facts,
      state: "missing",
      found: "this process lacks it; containers get their own from cap_add in the compose file",
      remedy: "sudo npx tsx scripts/doctor.ts",
    },
  ];
}

const CAP_NET_ADMIN = 12n; // linux/capability.h

/** Reads the effective capabilities of /proc/PID/status. */
export function hasNetAdmin(status: string): boolean | undefined {
  const mask = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  return mask === undefined ? undefined : ((BigInt(`0x${mask}`) >> CAP_NET_ADMIN) & 1n) === 1n;
}
