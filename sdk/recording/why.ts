// Whether recorded runs are to be shown in place of real ones, and why.

import process from "node:process";
import { doctor, type MachineCheck, type Report } from "../doctor/mod.ts";
import { isNotebook } from "../notebook/notebook.ts";

/** Why a recording takes the place of a cluster. */
export interface ReplayReason {
  /** One sentence without its full stop: `Neither Docker nor Java is here (…)`. */
  why: string;
  /** What brings a real cluster. */
  remedy: string;
}

/** What is always true of it. */
const REMEDY = "install Java 17 or newer, or Docker; `npm run doctor` says what is missing";

/**
 * Says why recorded runs are to be shown: LAB_REPLAY is set, or this is a notebook and no engine works here.
 * Undefined where clusters are to run.
 */
export async function whyReplay(): Promise<ReplayReason | undefined> {
  return askedToReplay() ?? (isNotebook() ? lacking(await doctor()) : undefined);
}

/** Because LAB_REPLAY is set. */
export function askedToReplay(
  env: Readonly<Record<string, string | undefined>> = process.env,
): (ReplayReason & { dir: string }) | undefined {
  const dir = env["LAB_REPLAY"];
  return dir === undefined || dir === ""
    ? undefined
    : { dir, why: "LAB_REPLAY is set", remedy: `unset LAB_REPLAY, and ${REMEDY}` };
}

/** Because no engine works, in the doctor's words. */
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
        ? `Neither Docker nor Java is here (${docker.found}; ${java.found})`
        : `No engine works here (${engines.map(({ engine, why }) => `${engine}: ${why}`).join("; ")})`,
    remedy: remedies.length === 0 ? REMEDY : remedies.join(", or "),
  };
}
