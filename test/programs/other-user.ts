// A second user of this machine, for tests that root runs: the programs that it starts, and what it plants.

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { program } from "../live/outside.ts";

/** The user and the group that own nothing. */
export const NOBODY = 65_534;

/** Why there is no second user here; undefined where there is one. */
export const noOther: string | undefined =
  process.platform === "linux" && process.getuid?.() === 0
    ? undefined
    : "only root on Linux can act as another user";

/** Runs a shell's command line as the other user, and returns what it said; throws where it fails. */
export function asOther(command: string): string {
  return execFileSync("/bin/sh", ["-c", command], {
    uid: NOBODY,
    gid: NOBODY,
    cwd: "/",
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Whether the other user succeeds with a command line. */
export function canOther(command: string): boolean {
  try {
    asOther(command);
    return true;
  } catch {
    return false;
  }
}

/** Makes a folder as the other user, in which `labs` and `ports` are links to another folder. */
export function plantLinks(folder: string, to: string): void {
  asOther(`mkdir ${folder} && ln -s ${to} ${folder}/labs && ln -s ${to} ${folder}/ports`);
}

export interface Ran {
  code: number | null;
  out: string;
  err: string;
}

/**
 * Runs one of the lab's programs, as the other user with `isOther`, with these variables on top of the
 * environment's; undefined takes one away.
 */
export async function runAs(
  { isOther = false, env = {} }: { isOther?: boolean; env?: Readonly<Record<string, string | undefined>> },
  script: string,
  ...args: string[]
): Promise<Ran> {
  const child = spawn(...program(script, ...args), {
    ...(isOther ? { uid: NOBODY, gid: NOBODY } : {}),
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  const said = { out: "", err: "" };
  child.stdout!.setEncoding("utf8").on("data", (text: string) => (said.out += text));
  child.stderr!.setEncoding("utf8").on("data", (text: string) => (said.err += text));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, ...said };
}
