// The programs that everything runs on.

import process from "node:process";
import { LabError } from "../model/errors.ts";
import { chooseJava, everyJava, type Java, type JavaCandidate } from "../engine/local/supply/mod.ts";
import { exitWords } from "../runtime/command.ts";
import { type Answer, ask } from "./ask.ts";
import { install, type MachineCheck, type Surroundings } from "./report.ts";

const OLDEST_NODE: readonly [number, number] = [20, 19];
const OLDEST_DENO: readonly [number, number] = [2, 0];

export async function checkRuntime(): Promise<MachineCheck[]> {
  const { deno } = process.versions as { deno?: string };
  return [deno === undefined ? runtimeOf("Node", process.versions.node) : runtimeOf("Deno", deno)];
}

/** Judges a runtime by its version. */
export function runtimeOf(name: "Node" | "Deno", version: string): MachineCheck {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [oldMajor, oldMinor] = name === "Node" ? OLDEST_NODE : OLDEST_DENO;
  const isNew = major > oldMajor || (major === oldMajor && minor >= oldMinor);
  return {
    group: "runtime",
    name: "runtime",
    state: isNew ? "ok" : "missing",
    found: `${name} ${version}${isNew ? "" : `, needs ${oldMajor}.${oldMinor} or newer`}`,
    ...(isNew ? {} : { remedy: name === "Node" ? "npx n lts" : "deno upgrade" }),
  };
}

/**
 * The Java that brokers would run on and why, a JAVA_HOME that is not it, and what else is on this machine.
 */
export async function checkJava({ env, platform, signal, timeoutMs }: Surroundings): Promise<MachineCheck[]> {
  const options = { env, signal };
  const [found, every] = await Promise.all([
    chooseJava(options).catch((error: unknown) => {
      if (error instanceof LabError && error.code === "NO_JAVA") return error;
      throw error;
    }),
    everyJava(options),
  ]);
  const facts = { group: "local", name: "Java" } as const;
  const remedy = install(platform, { apt: "openjdk-17-jre-headless", brew: "openjdk@21" });
  if (found instanceof LabError) {
    const [line = ""] = found.message.split("\n");
    const why = line.replace("Cannot start brokers: ", "");
    return [{ ...facts, state: "missing", found: why, remedy }, ...othersOf(every, undefined)];
  }
  const { java, why, passedOver } = found;
  const answer = await ask([java.path, "-version"], { env, timeoutMs: timeoutMs * 0.45, signal });
  return [
    {
      ...facts,
      ...readAnswer(answer),
      found: `Java ${java.version} (${java.vendor}), ${java.path}: ${why}${saysOf(answer)}`,
    },
    ...(passedOver === undefined
      ? []
      : [
          {
            group: "local",
            name: "JAVA_HOME",
            state: "missing",
            found: passedOver,
            remedy: "unset JAVA_HOME",
          } as const,
        ]),
    ...othersOf(every, java),
  ];
}

/** A Java that does not start is no Java; one that was not asked in time may be. */
function readAnswer(answer: Answer): Pick<MachineCheck, "state" | "remedy"> {
  if (answer.kind === "silent") return { state: "unknown" };
  if (answer.kind === "ended" && answer.exitCode === 0) return { state: "ok" };
  return { state: "missing", remedy: "export JAVA_HOME=/a/java/that/starts" };
}

function saysOf(answer: Answer): string {
  if (answer.kind === "silent") return "; it did not answer in time";
  if (answer.kind === "absent") return "; it cannot be started";
  if (answer.exitCode === 0) return "";
  return `; it does not start: ${answer.stderr.split("\n", 1)[0] || `it ${exitWords(answer.exitCode)}`}`;
}

/** One line for all that are not used. */
function othersOf(every: readonly JavaCandidate[], used: Java | undefined): MachineCheck[] {
  const others = every.filter(({ java, program }) => program !== used?.path && java?.path !== used?.path);
  if (others.length === 0) return [];
  const found = others
    .map(({ java, program, problem }) =>
      java === undefined ? `${program}: ${problem ?? "unknown"}` : lineOf(java, problem),
    )
    .join("; ");
  return [{ group: "local", name: "Java, not used", state: "ok", found }];
}

function lineOf({ version, path }: Java, problem: string | undefined): string {
  return `${version}, ${path}${problem === undefined ? "" : ` (${problem})`}`;
}
