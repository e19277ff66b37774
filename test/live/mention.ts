// Programs that only mention a lab on their command line: somebody's shell, and somebody's grep for it.
// Nobody may end them.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import * as assert from "uvu/assert";

export interface Mention {
  readonly pids: readonly number[];
  assertUntouched(): void;
  close(): Promise<void>;
}

/** The mark as a lab with a dead owner would write it. */
export function markOfDead(lab: string): string {
  return `-Dkafka.failure.lab=${lab}/999999999/1/end/kafka-1`;
}

/**
 * Starts programs that wait for their standard input and have the mark as an argument; `uid` is another
 * user's, for root.
 */
export async function mention(lab: string, { uid }: { uid?: number } = {}): Promise<Mention> {
  const mark = markOfDead(lab);
  const programs = [
    ["/bin/sh", "-c", "echo ready; read line", "shell", mark, "-cp", "jars", "kafka.Kafka"],
    ["/bin/sh", "-c", 'echo ready; exec grep -e "$1"', "grep", mark],
  ];
  const children = programs.map(([program, ...args]) =>
    spawn(program!, args, {
      stdio: ["pipe", "pipe", "ignore"],
      cwd: "/",
      ...(uid === undefined ? {} : { uid, gid: uid }),
    }),
  );
  await Promise.all(children.map((child) => once(child.stdout!, "data")));
  return {
    pids: children.map(({ pid }) => pid!),
    assertUntouched: () => children.forEach(assertAlive),
    async close() {
      const ended = children.map((child) => isOver(child) || once(child, "exit"));
      for (const child of children) child.kill("SIGKILL");
      await Promise.all(ended);
    },
  };
}

function assertAlive(child: ChildProcess): void {
  assert.ok(!isOver(child), `${child.spawnargs.join(" ")} was ended by ${child.signalCode}`);
  process.kill(child.pid!, 0);
}

function isOver(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
