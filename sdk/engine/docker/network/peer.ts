// A line from one broker to another: the round trips of echo.ts, made by bash within the container, which
// every Kafka image has for its scripts. TCP and not ping: it is cut off by what cuts off brokers, and has
// the port of its path.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Env } from "../../../runtime/env.ts";
import type { Line } from "../../network.ts";
import { withinMs } from "../../../runtime/within.ts";

// The client id is there for its length: a size of 10 would be a line feed, at which bash writes, and the
// rest would wait for the first ACK.

/**
 * Reads how many seconds an answer may take, sends ApiVersions, and writes after how many µs its answer
 * began; ends with the first that is missing.
 */
const SCRIPT = `
read -r limit || exit
(sleep "$limit"; kill $$) & watch=$!
began=$EPOCHREALTIME
exec 3<>"/dev/tcp/$0/$1" || exit
kill $watch
while :; do
  printf '\\0\\0\\0\\15\\0\\22\\0\\0\\0\\0\\0\\1\\0\\3lab' >&3
  set -- $(timeout "$limit" dd bs=1 count=4 <&3 2>/dev/null | od -An -tu1)
  [ $# = 4 ] || exit
  took=$((\${EPOCHREALTIME/[.,]/} - \${began/[.,]/}))
  timeout "$limit" dd bs=1 count=$(($1 << 24 | $2 << 16 | $3 << 8 | $4)) <&3 >/dev/null 2>&1
  echo $took
  read -r limit || exit
  began=$EPOCHREALTIME
done
`;

export interface PeerOptions {
  /** Of the container that dials. */
  id: string;
  host: string;
  port: number;
  env: Env;
}

/** A `docker exec` takes this long on a machine that is busy. */
const EXEC_MS = 2_000;

/**
 * Opens a line from within a container; it is dialled with the first round trip, which then has the set-up of
 * the connection in it.
 */
export function openPeer({ id, host, port, env }: PeerOptions): Line {
  // a group of its own: Ctrl-C in a terminal is the owner's to hear; without its input it ends
  const child = spawn("docker", ["exec", "--interactive", id, "bash", "-c", SCRIPT, host, String(port)], {
    env: { ...env },
    stdio: ["pipe", "pipe", "ignore"],
    detached: true,
  });
  let onAnswer: ((tookMs: number | undefined) => void) | undefined;
  let isDead = false;
  const close = (): void => {
    isDead = true;
    onAnswer?.(undefined);
    child.stdin.end();
    child.kill("SIGKILL");
  };
  child.stdin.on("error", () => {});
  child.once("error", close).once("close", close);
  createInterface({ input: child.stdout }).on("line", (line) => onAnswer?.(Number(line) / 1000));
  child.unref();
  for (const pipe of [child.stdin, child.stdout]) (pipe as unknown as { unref?(): void }).unref?.();
  return {
    async roundTrip(timeoutMs, signal) {
      if (isDead) return null;
      const answer = new Promise<number | undefined>((resolve) => (onAnswer = resolve));
      child.stdin.write(`${Math.ceil(timeoutMs / 1000)}\n`);
      try {
        const tookMs = await withinMs(answer, timeoutMs + EXEC_MS, signal);
        if (tookMs !== undefined && tookMs <= timeoutMs) return tookMs;
      } catch (error) {
        close();
        throw error;
      }
      close(); // an answer that comes late would be taken for the next one's
      return null;
    },
    close,
  };
}
