// A container's log, written into the run's folder as it grows by `docker logs`, without passing through this
// process.

import { spawn } from "node:child_process";
import { closeSync, lstatSync, openSync, rmSync } from "node:fs";
import { chmod } from "node:fs/promises";
import { sizeOf } from "../../runtime/tail.ts";
import type { Cli } from "./cli.ts";

/** A `docker logs` under way; it ends by itself when the container has ended and all is written. */
export interface FollowedLog {
  readonly pid: number | undefined;
  readonly ended: Promise<void>;
  /** Where in the file it began. */
  readonly from: number;
  close(): Promise<void>;
}

/**
 * Follows a log, or copies what is there until now; `since` is a time of the daemon's clock, RFC 3339.
 *
 * @default from its beginning
 */
export function followLog({
  cli,
  id,
  file,
  since,
  untilNow = false,
}: {
  cli: Cli;
  id: string;
  file: string;
  since: string | undefined;
  untilNow?: boolean;
}): FollowedLog {
  const from = sizeOf(file);
  const into = openSync(file, "a", 0o600);
  // a group of its own: Ctrl-C in a terminal must not end it before its broker
  const child = spawn(
    "docker",
    ["logs", ...(untilNow ? [] : ["--follow"]), ...(since === undefined ? [] : ["--since", since]), id],
    { env: { ...cli.env }, stdio: ["ignore", into, into], detached: true },
  );
  closeSync(into);
  const ended = new Promise<void>((resolve) => {
    child.once("error", () => resolve());
    child.once("exit", () => resolve());
  });
  child.unref();
  return {
    pid: child.pid,
    ended,
    from,
    async close() {
      child.ref();
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/**
 * A moment a little before, as `docker logs --since` takes it: the lines of the run that just began, none of
 * the one before.
 */
export function sinceOf(timeNano: number): string {
  return new Date(timeNano / 1e6 - 1).toISOString();
}

/**
 * Kafka's own file names where its logging keeps them apart (log4j.properties, log4j2.yaml), and the images'
 * folders for them.
 */
const KEPT = ["controller.log", "state-change.log"];
const FOLDERS = ["/opt/kafka/logs", "/opt/bitnami/kafka/logs"];

/**
 * Copies what a container logs into files of its own beside `file`: the controller's lines and state changes,
 * which `docker logs` does not show.
 */
export async function keptLogs(cli: Cli, { id }: { id: string }, file: string): Promise<readonly string[]> {
  for (const folder of FOLDERS) {
    const copies = KEPT.map((name) => [`${folder}/${name}`, file.replace(/\.log$/, `.${name}`)] as const);
    const copied = await Promise.all(
      copies.map(([from, to]) =>
        cli.docker("copy a log", ["cp", `${id}:${from}`, to]).then(
          () => kept(to),
          () => [],
        ),
      ),
    );
    if (copied.flat().length > 0) return copied.flat();
  }
  return [];
}

/** A copy comes with its mode and its kind in the container: a link would lead to a file of this machine. */
async function kept(file: string): Promise<string[]> {
  if (!lstatSync(file).isFile()) {
    rmSync(file, { recursive: true, force: true });
    return [];
  }
  await chmod(file, 0o600);
  return [file];
}
