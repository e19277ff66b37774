// Whether recorded runs are replayed instead of starting clusters, and why.

import process from "node:process";
import { doctor, type MachineCheck, type Report } from "../doctor/mod.ts";
import { isNotebook } from "../notebook/notebook.ts";
import { fromReader } from "../runtime/reader-folder.ts";

/** Why a recording is replayed. */
export interface ReplayReason {
  /** A sentence without its full stop: `Neither Docker nor Java is available (…)`. */
  why: string;
  /** How to get a real cluster. */
  remedy: string;
}

const REMEDY = "install Java 17 or newer, or Docker; `npm run doctor` lists what is missing";

/**
 * Why recorded runs are replayed: LAB_REPLAY is set, or this is a notebook and no engine works here.
 * Undefined if clusters are started.
 */
export async function whyReplay(): Promise<ReplayReason | undefined> {
  return askedToReplay() ?? (isNotebook() ? lacking(await doctor()) : undefined);
}

/** The reason if LAB_REPLAY is set. */
export function askedToReplay(
  env: Readonly<Record<string, string | undefined>> = process.env,
): (ReplayReason & { dir: string }) | undefined {
  const dir = env["LAB_REPLAY"];
  return dir === undefined || dir === ""
    ? undefined
    : { dir: fromReader(dir), why: "LAB_REPLAY is set", remedy: `unset LAB_REPLAY, and ${REMEDY}` };
}

/** The reason if no engine works, from the doctor's report. */
export function lacking({
  works,
  checks,
  engines,
}: Pick<Report, "works" | "checks" | "engines">): ReplayReason | undefined {
  if (works) return undefined;
  const find = (name: string): MachineCheck | undefined =>
    checks.find((check) => check.name === name && check.state !== "ok");
  const [java, client, daemon] = [find("Java"), find("docker client"), find("docker daemon")];
  const docker = client ?? daemon;
  const remedies = [
    ["Java", java?.remedy],
    ["Docker", docker?.remedy],
  ].flatMap(([what, remedy]) => (remedy === undefined ? [] : [`${what}: ${remedy}`]));
  return {
    why:
      java !== undefined && docker !== undefined
        ? `Neither Docker nor Java is available (${docker.found}; ${java.found})`
        : `No engine works here (${engines.map(({ engine, why }) => `${engine}: ${why}`).join("; ")})`,
    remedy: remedies.length === 0 ? REMEDY : remedies.join(", or "),
  };
}
