// Makes this machine ready for the netem lane: the programs of setup.sh, and the guest's disk.

import process from "node:process";
import { fileURLToPath } from "node:url";
import { run } from "@kafka-failure-lab/sdk/testing";

export interface PreparedGuest {
  /** The file that holds docker's data; undefined where the lane cannot run. */
  disk?: string;
  /** Why the lane cannot run here, and what would help. */
  cannot?: string;
}

const PROGRAMS: Readonly<Record<string, readonly string[]>> = {
  "test/image/setup.sh": ["docker", "dockerd", "busybox", "tc", "iptables"],
  "test/netem/setup.sh": ["linux.uml", "iptables-legacy", "mkfs.ext4", "modprobe", "unshare"],
};
const DISK_MS = 600_000;

export async function prepareGuest({ say }: { say(line: string): void }): Promise<PreparedGuest> {
  if (process.platform !== "linux" || process.arch !== "x64")
    return {
      cannot: `user-mode-linux is for Linux on x86-64, and this is ${process.platform} on ${process.arch}`,
    };
  if (process.getuid?.() !== 0)
    return { cannot: "only root can fill the guest's disk and see all files: `sudo npm run test:netem`" };
  for (const [setup, programs] of Object.entries(PROGRAMS)) {
    const found = await run([
      "sh",
      "-c",
      `PATH=$PATH:/usr/sbin:/sbin; for it in ${programs.join(" ")}; do ` +
        `command -v $it >/dev/null || echo $it; done`,
    ]);
    if (found.stdout !== "")
      return {
        cannot:
          `no ${found.stdout.trim().replaceAll("\n", ", ")} on the path: ` +
          `\`${setup}\` adds it, \`npm run test:netem\` does all`,
      };
  }
  const made = await run(["bash", fileURLToPath(new URL("disk.sh", import.meta.url))], {
    timeoutMs: DISK_MS,
  });
  for (const line of made.stderr.split("\n").filter(Boolean)) say(line);
  if (made.exitCode !== 0)
    return { cannot: made.stderr.trim().split("\n").at(-1) ?? "the disk could not be made" };
  return { disk: made.stdout.trim() };
}
