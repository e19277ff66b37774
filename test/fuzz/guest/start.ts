// startLab with the job's files as compose files: read, checked, laid out in the lab's folder, and no further, since no program starts.

import process from "node:process";
import { startLab } from "../../../sdk/index.ts";
import { honour, kafkaServices, readCompose } from "../../../sdk/compose/mod.ts";
import type { Job, Problem } from "../job.ts";
import type { Effect } from "./effects.ts";
import { judgeError, masked, problem } from "./oracle.ts";

/** What a text that goes on in a further line of a file would set there. */
export const INJECTED = "fuzz.injected";

/** The compose files are those that argv names. */
export async function start({ argv = [], files = {}, ...job }: Job): Promise<readonly Problem[]> {
  const given = JSON.stringify({ argv, files, ...job });
  const problems = judgeFlags(argv);
  try {
    const lab = await startLab({
      compose: argv,
      engine: "local",
      timeout: "1ms",
      onProgress: false,
      handleSignals: false,
      recording: false,
      scenario: "fuzz",
    });
    await lab.close();
    return [...problems, problem("a lab without a program", "", "startLab resolved")];
  } catch (error) {
    return [...problems, ...judgeError(error, given)];
  }
}

/** What Java may be told by a file that is not trusted: heap, collector, and system properties of harmless names. */
const HARMLESS =
  /^(-server|-Xm[sx]\d+[kKmMgG]?|-XX:[+-]Use\w*GC|-XX:(MaxGCPauseMillis|InitiatingHeapOccupancyPercent|MaxInlineLevel|MaxRAMPercentage|InitialRAMPercentage|MaxDirectMemorySize|MaxMetaspaceSize|ParallelGCThreads|ConcGCThreads)=[\w.]+|-XX:[+-](ExplicitGCInvokesConcurrent|UseStringDeduplication|AlwaysPreTouch)|-D[\w.-]+(=.*)?)$/s;
/** Properties that say whose a process is, or load something. */
const HARMFUL = /^-D(kafka\.failure|jdk\.|java\.(?!net\.preferIPv[46])|sun\.|com\.sun|javax\.)/;

function judgeFlags(files: readonly string[]): Problem[] {
  try {
    const project = readCompose(files, { env: {}, cwd: process.cwd() });
    honour(project);
    const flags = kafkaServices(project).flatMap(({ java }) => [
      ...(java.heap ?? []),
      ...(java.performance ?? []),
      ...java.more,
    ]);
    return flags
      .filter((flag) => !HARMLESS.test(flag) || HARMFUL.test(flag))
      .map((flag) => problem("passes a flag to Java", flag.split("=", 1)[0]!.slice(0, 60), flag));
  } catch {
    return []; // startLab says so, too
  }
}

/** Judges the files that were written for a broker: each property once, and none that a value has brought in. */
export function judgeFiles(effects: readonly Effect[]): Problem[] {
  return effects.flatMap(({ on, text }) => {
    if (text === undefined || !/\/(server\.properties|meta\.properties|hosts)$/.test(on)) return [];
    const name = on.split("/").at(-1)!;
    const lines = name === "hosts" ? hostLines(text) : entriesOf(text).map(([key]) => key);
    const twice = lines.find((key, i) => lines.indexOf(key) !== i);
    const odd = lines.find((key) => key.includes(INJECTED) || !/^[\w.-]+$/.test(key));
    return [
      ...(twice === undefined || name === "hosts"
        ? []
        : [problem(`${name} has a key twice`, masked(twice), text)]),
      ...(odd === undefined ? [] : [problem(`${name} has what no setting is`, masked(odd), text)]),
    ];
  });
}

function hostLines(text: string): string[] {
  return text.split("\n").flatMap((line) => (line === "" ? [] : line.split(/\s+/)));
}

/** A file as java.util.Properties reads it, as far as keys go: logical lines, continuations, escapes. */
export function entriesOf(text: string): [key: string, value: string][] {
  const logical = text
    .replace(/^[ \t\f]+/gm, "")
    .split(/\r\n|\r|\n/)
    .reduce<string[]>((lines, line) => {
      const last = lines.at(-1);
      if (last !== undefined && /(^|[^\\])(\\\\)*\\$/.test(last) && !/^[#!]/.test(last))
        lines[lines.length - 1] = last.slice(0, -1) + line;
      else lines.push(line);
      return lines;
    }, []);
  return logical
    .filter((line) => line !== "" && !/^[#!]/.test(line))
    .map((line) => {
      const [, key = "", value = ""] = /^((?:\\.|[^\\:=\s])*)\s*[:=]?\s*(.*)$/s.exec(line) ?? [];
      return [key.replace(/\\(.)/g, "$1"), value];
    });
}
