// `npm run table -- --versions 3.9.1,3.9.2,4.0,4.1,4.4`: measures each change on each version, compares it
// with what the change leads one to expect, and names the change where the outcome is another one.

import { type Lab, LabError, printable, startLab, table } from "@kafka-failure-lab/sdk";
import { progressReporter } from "@kafka-failure-lab/sdk/scenario";
import { CHANGES } from "./changes.ts";
import { type Change, type ClusterOf, expected, type Seen } from "./row.ts";

/** One change on one version. */
export interface MeasuredVersion {
  change: Change;
  version: string;
  expected: string;
  /** Absent where it could not be measured. */
  seen?: Seen;
  why?: string;
}

/** Runs the versions' part of the table, and returns the exit code. */
export async function versionTable(
  { versions, rows }: { versions: readonly string[]; rows: RegExp },
  print: (text: string) => void,
): Promise<number> {
  const progress = progressReporter(undefined, { prefix: "table" });
  const all: MeasuredVersion[] = [];
  for (const change of CHANGES.filter(({ id }) => rows.test(id)))
    for (const version of versions) {
      const one = await measured(change, version);
      all.push(one);
      progress.say(printable(`${change.id}, Kafka ${version}: ${wordsOf(one)}`));
    }
  for (const line of versionLines(all)) print(printable(line));
  return exitCodeOf(all);
}

/** One measurement in a line, so that a run that is interrupted leaves what shows it. */
function wordsOf({ seen, why }: MeasuredVersion): string {
  return seen === undefined ? `not measured: ${why ?? "unknown"}` : `${seen.outcome} (${seen.evidence})`;
}

/** 0 as expected, 2 otherwise, 3 where something could not be measured. */
export function exitCodeOf(all: readonly MeasuredVersion[]): 0 | 2 | 3 {
  if (all.some(({ seen, expected: wanted }) => seen !== undefined && seen.outcome !== wanted)) return 2;
  return all.some(({ seen }) => seen === undefined) ? 3 : 0;
}

/** A block for each change: its question, a row a version, and what made the difference. */
export function versionLines(all: readonly MeasuredVersion[]): string[] {
  const changes = [...new Set(all.map(({ change }) => change))];
  return changes.flatMap((change) => {
    const own = all.filter((one) => one.change === change);
    const rows = own.map(({ version, expected: wanted, seen, why }) => [
      seen === undefined ? "not measured" : seen.outcome === wanted ? "right" : "MISS",
      version,
      wanted,
      seen?.outcome ?? "",
      seen?.evidence ?? why ?? "",
    ]);
    return [
      "",
      `${change.id}: ${change.question}`,
      ...table([["", "Kafka", "expected", "measured", "evidence"], ...rows], { colours: false }),
      difference(change, own),
    ];
  });
}

/** What made the outcome another one, and between which versions. */
function difference(change: Change, own: readonly MeasuredVersion[]): string {
  const outcomes = own.filter(({ seen }) => seen !== undefined);
  const at = outcomes.findIndex(({ seen }, i) => i > 0 && seen!.outcome !== outcomes[i - 1]!.seen!.outcome);
  if (at < 0) return `no difference between these versions; ${change.name} is in ${sinceWords(change)}`;
  return (
    `${change.name} (${sinceWords(change)}) made the difference between ${outcomes[at - 1]!.version} and ` +
    `${outcomes[at]!.version}: ${change.source}`
  );
}

function sinceWords({ since }: Change): string {
  return `since ${since.join(" and ")}`;
}

async function measured(change: Change, version: string): Promise<MeasuredVersion> {
  const base = { change, version, expected: expected(change, version) };
  const start = (cluster: ClusterOf): Promise<Lab> =>
    startLab({
      scenario: "table",
      compose: ["three-brokers"],
      engine: "local",
      timers: "fast",
      kafka: version,
      recording: false,
      onProgress: false,
      ...cluster,
    });
  try {
    await using lab = await start(change.lab ?? {});
    return { ...base, seen: await change.measure(lab, { kafka: version, start }) };
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    return { ...base, why: error.message.split("\n", 1)[0]! };
  }
}
