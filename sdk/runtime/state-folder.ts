// Where a lab keeps what it holds on this machine while it lives: the brokers' data, the claims on ports.
//
//   LAB_STATE                what the reader names
//   XDG_STATE_HOME           else the user's folder for state
//   ~/.local/state           of HOME, else of the home in the user database; on macOS
//                            ~/Library/Application Support
//   XDG_RUNTIME_DIR          only where no home can be used: it is a small file system in memory, not set in
//                            every session and gone after the last, while brokers' data are large and kept
//                            labs stay
//   the temporary folder     last: others may be the first to make a folder of that name, which is then
//                            refused
//      └─ kafka-failure-lab  the lab's own, 0700; in the temporary folder kafka-failure-lab-state-<uid>
//
// Each user has one such folder on a machine, because labs side by side claim their ports in it.

import { accessSync, constants, statSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { LabError } from "../model/errors.ts";
import { privateFolder, type PrivateFolderOptions } from "./private-folder.ts";
import { distrustOf } from "./trust.ts";
import { homeOfRecord, ownId } from "./users.ts";

/** The environment's variables. */
type Env = Readonly<Record<string, string | undefined>>;

/** Where the state is, or will be. */
export interface StatePlace {
  /** The lab's own folder; it need not exist yet. */
  readonly folder: string;
  /** What it was chosen by. */
  readonly from: string;
}

/** A folder that may hold the lab's. */
interface Candidate {
  from: string;
  base: string;
  /** What has to be there already: a home is not made. */
  needs?: string;
  /** Taken, or refused, but never passed over. */
  isExplicit?: boolean;
  /** @default "kafka-failure-lab" */
  name?: string;
}

const OWN_NAME = "kafka-failure-lab";
const HINT = "Set LAB_STATE to a folder of your own that no other user can write to.";

/**
 * Chooses the folder, without making it: the first that only this user can have made, and can write to.
 *
 * @throws LabError UNSAFE_FOLDER where there is none
 */
export function stateFolder(env: Env = process.env, platform: string = process.platform): StatePlace {
  const passed: string[] = [];
  for (const { from, base, needs = "/", isExplicit = false, name = OWN_NAME } of candidates(env, platform)) {
    const reason = isExplicit ? undefined : reasonAgainst(base, needs);
    if (reason === undefined) return { folder: path.join(base, name), from };
    passed.push(`${from}: ${reason}`);
  }
  throw new LabError("UNSAFE_FOLDER", "Cannot keep the lab's state: no folder for it is this user's alone", {
    hint: [...passed, HINT].join("\n  "),
  });
}

/**
 * Opens the state folder, or a folder in it, made where it is missing; with `make: false` it is undefined
 * where it is missing.
 *
 * @throws LabError UNSAFE_FOLDER where it is not this user's alone; the system's own error where it cannot be
 * made
 */
export function openOwn(
  folder: string,
  options: Omit<PrivateFolderOptions, "hint"> = {},
): string | undefined {
  return privateFolder(folder, {
    ...options,
    hint: `Has another user planted it? Look at it and remove it, or: ${HINT}`,
  });
}

function candidates(env: Env, platform: string): Candidate[] {
  const given = (name: string): string | undefined => env[name] || undefined;
  const absolute = (name: string): string | undefined => {
    const value = given(name);
    return value !== undefined && path.isAbsolute(value) ? value : undefined; // else ignored, as XDG has it
  };
  const explicit = given("LAB_STATE");
  if (explicit !== undefined) return [{ from: "LAB_STATE", base: path.resolve(explicit), isExplicit: true }];
  const xdg = absolute("XDG_STATE_HOME");
  const homes = [...new Set([given("HOME"), homeOfRecord()])].filter((home) => home !== undefined);
  const inHome = platform === "darwin" ? ["Library", "Application Support"] : [".local", "state"];
  const runtime = absolute("XDG_RUNTIME_DIR");
  return [
    ...(xdg === undefined ? [] : [{ from: "XDG_STATE_HOME", base: xdg }]),
    ...homes.map((home) => ({ from: "the home folder", base: path.join(home, ...inHome), needs: home })),
    ...(runtime === undefined ? [] : [{ from: "XDG_RUNTIME_DIR", base: runtime, needs: runtime }]),
    {
      from: "the temporary folder",
      base: given("TMPDIR") ?? os.tmpdir(),
      name: `${OWN_NAME}-state-${ownId() ?? os.userInfo().username}`,
    },
  ];
}

/** Says why a folder cannot hold the lab's own. */
function reasonAgainst(base: string, needs: string): string | undefined {
  const distrust = distrustOf(base);
  if (distrust !== undefined) return `${distrust.path} ${distrust.why}`;
  try {
    if (!statSync(needs).isDirectory()) return `${needs} is not a folder`;
    accessSync(nearest(base), constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return `${base} cannot be used (${(error as NodeJS.ErrnoException).code ?? String(error)})`;
  }
}

/** The folder itself, else the nearest one above it that is there. */
function nearest(folder: string): string {
  const above = path.dirname(folder);
  return statSync(folder, { throwIfNoEntry: false }) !== undefined || above === folder
    ? folder
    : nearest(above);
}
