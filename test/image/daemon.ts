// A Docker daemon for the test lane: the one that answers, else one of our own until stop().
//
//   this process ──stdin──▶ sh, which waits for its end ──SIGTERM──▶ dockerd ──▶ containerd
//
// The pipe ends however this process does, also by SIGKILL: a daemon of our own cannot outlive it.

import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { setTimeout as wait } from "node:timers/promises";
import { run } from "@kafka-failure-lab/sdk/testing";

/** A daemon that answers, or why there is none. */
export interface Daemon {
  /** A sentence: why there is none, and what to do. */
  cannot?: string;
  /** Ends the daemon that was started here, with its containers; one that was there before stays. */
  stop(): Promise<void>;
}

const ANSWER_MS = 10_000;
const UP_MS = 60_000;
const DOWN_MS = 30_000;

// says dockerd's process id first and the end of its log last; a shell gives what it starts with & no
// standard input, hence the descriptor 3
const GUARD = `
  PATH=$PATH:/usr/sbin:/sbin
  folder=$(mktemp -d)
  exec 3<&0
  dockerd --pidfile "$folder/pid" --exec-root "$folder/exec" >"$folder/log" 2>&1 3<&- &
  daemon=$!
  echo "$daemon"
  (read -r _ <&3; kill "$daemon") >/dev/null 2>&1 &
  watch=$!
  wait "$daemon"
  kill "$watch"
  tail -n 5 "$folder/log"
  umount "$folder"/exec/netns/*
  rm -rf "$folder"
`;

/**
 * Finds a daemon or starts one on the default socket. Images stay in its default folder from one run to the
 * next.
 *
 * @throws Error with the last lines of the log, where dockerd ends or does not answer within a minute
 */
export async function startDaemon({ say }: { say(line: string): void }): Promise<Daemon> {
  const nothing = async (): Promise<void> => {};
  if (await doesAnswer()) return { stop: nothing };
  const cannot = await whyNot();
  if (cannot !== undefined) return { cannot, stop: nothing };

  const began = performance.now();
  const guard = spawn("sh", ["-c", GUARD], { stdio: ["pipe", "pipe", "ignore"], detached: true });
  guard.stdin.on("error", () => {}); // it has ended before us
  let said = "";
  guard.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
  let hasEnded = false;
  const ended = once(guard, "close").then(() => void (hasEnded = true));

  async function stop(): Promise<void> {
    guard.stdin.end();
    await Promise.race([ended, wait(DOWN_MS, undefined, { ref: false })]);
    if (!hasEnded) process.kill(Number.parseInt(said, 10), "SIGKILL");
    await ended;
  }

  while (!(await doesAnswer())) {
    const state = hasEnded
      ? "it ended"
      : performance.now() - began > UP_MS
        ? `no answer within ${UP_MS / 1000} s`
        : undefined;
    if (state !== undefined) {
      await stop();
      throw new Error(`Cannot start a Docker daemon: ${state}\n${said.replace(/^.*\n/, "")}`);
    }
    await wait(100);
  }
  say(`started a Docker daemon (${((performance.now() - began) / 1000).toFixed(1)} s)`);
  return { stop };
}

/** Says why no daemon can be started here. */
async function whyNot(): Promise<string | undefined> {
  const host = process.env["DOCKER_HOST"];
  if (host) return `no Docker daemon answers at DOCKER_HOST=${host}: start that one, or unset DOCKER_HOST`;
  if (!(await succeeds("sh", "-c", "PATH=$PATH:/usr/sbin:/sbin; command -v docker && command -v dockerd")))
    return "no Docker is installed: `test/image/setup.sh` adds it";
  if (process.getuid?.() !== 0)
    return "no Docker daemon answers, and only root can start one: `sudo dockerd`";
  return undefined;
}

function doesAnswer(): Promise<boolean> {
  return succeeds("docker", "version");
}

async function succeeds(...argv: string[]): Promise<boolean> {
  return await run(argv, { timeoutMs: ANSWER_MS }).then(
    ({ exitCode }) => exitCode === 0,
    () => false,
  );
}
