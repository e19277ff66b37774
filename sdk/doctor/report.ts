// The values that the doctor hands back.

import type { Duration } from "../model/duration.ts";
import type { Env } from "../engine/local/supply/mod.ts";

/** One thing that was looked at. */
export interface MachineCheck {
  /** What it is for: the program itself, the local engine, or docker and the kernel's network faults. */
  group: "runtime" | "local" | "docker" | "network";
  name: string;
  /** `unknown` where this machine or this user cannot find out. */
  state: "ok" | "missing" | "unknown";
  /** What was found, for a person. */
  found: string;
  /** The command that adds it, where there is one. */
  remedy?: string;
}

/** Whether an engine can run a cluster here. */
export interface EngineState {
  engine: "local" | "docker";
  works: boolean;
  why: string;
}

/** Everything that the doctor found. */
export interface Report {
  checks: readonly MachineCheck[];
  engines: readonly EngineState[];
  /** True where at least one engine works. */
  works: boolean;
}

export interface DoctorOptions {
  /** @default the program's own */
  env?: Env;
  /** The longest that a check may take; one that takes longer is `unknown`. @default "4s" */
  timeout?: Duration;
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
