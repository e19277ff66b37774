// The values that the doctor hands back.

import type { Duration } from "../model/duration.ts";
import type { Env } from "../engine/local/supply/mod.ts";

/** One thing that was looked at. */
export interface MachineCheck {
  /** What it is for: the program itself, the local engine, or docker and the kernel's network faults. */
  group: "runtime" | "local" | "docker" | "network";
  /** What was checked. */
  name: string;
  /** `unknown` where this machine or this user cannot tell. */
  state: "ok" | "missing" | "unknown";
  /** What was found, for a person. */
  found: string;
  /** The command that adds it, where there is one. */
  remedy?: string;
}

/** Whether an engine can run a cluster here. */
export interface EngineState {
  /** Which engine it is. */
  engine: "local" | "docker";
  /** Whether it can start a cluster. */
  works: boolean;
  /** Why, in one sentence. */
  why: string;
}

/** Everything that the doctor found. */
export interface Report {
  /** Every check, in a fixed order. */
  checks: readonly MachineCheck[];
  /** Both engines. */
  engines: readonly EngineState[];
  /** True where at least one engine works. */
  works: boolean;
}

/** Options of `doctor`. */
export interface DoctorOptions {
  /** The environment variables. @default the program's own */
  env?: Env;
  /** The longest time for each check; one that takes longer is `unknown`. @default "4s" */
  timeout?: Duration;
  /** Ends all checks; those in progress are `unknown`. */
  signal?: AbortSignal;
}

/** What a check is given. */
export interface Surroundings {
  env: Env;
  platform: NodeJS.Platform;
  timeoutMs: number;
  /** Aborts when the check has to end. */
  signal: AbortSignal;
}

/** Picks the command for this platform's package manager. */
export function install(platform: NodeJS.Platform, { apt, brew }: { apt: string; brew: string }): string {
  return platform === "darwin" ? `brew install ${brew}` : `sudo apt-get install ${apt}`;
}
