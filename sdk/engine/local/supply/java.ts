// Chooses the Java that runs the brokers.
//
//   JAVA_HOME ─▶ the first on the path ─▶ of the usual folders (java-places.ts) the one that fits best
//
// What is too old or broken is passed over. Where that is JAVA_HOME, which somebody chose, the choice says
// so.

import process from "node:process";
import { LabError } from "../../../model/errors.ts";
import type { Env } from "../../../runtime/env.ts";
import { describeJava, type Java } from "./java-release.ts";
import { chosenPlaces, type JavaPlace, usualPlaces } from "./java-places.ts";

export type { Java } from "./java-release.ts";

/** The oldest Java that Kafka's brokers run on (4.x needs 17; 3.9 would take 8, but is not tried there). */
const OLDEST = 17;
/** Releases with long support; first those that Kafka's documentation lists for 3.9 and for 4.x. */
const TESTED: readonly number[] = [21, 17, 25];

/** A Java on this machine, and why it cannot run brokers, where it cannot. */
export interface JavaCandidate extends JavaPlace {
  readonly java: Java | undefined;
  /** Such as `Java 11 is too old, Kafka needs 17 or newer`; undefined if it is usable. */
  readonly problem: string | undefined;
}

/** The Java for the brokers, and why it was chosen. */
export interface JavaChoice {
  readonly java: Java;
  /** Such as `JAVA_HOME names it`. */
  readonly why: string;
  /** Why JAVA_HOME's is not used, where it is set and is not. */
  readonly passedOver: string | undefined;
}

/** How to look for a Java. */
export interface JavaOptions {
  /** Is read: `JAVA_HOME`, `PATH`, `SDKMAN_DIR`, `HOME`, `LAB_JAVA_FOLDERS`. */
  env: Env;
  signal?: AbortSignal;
}

/**
 * Finds the Java for the brokers, of version 17 or newer; {@link chooseJava} also says why it is this one.
 *
 * @throws LabError `NO_JAVA` where there is none, or none new enough; the two differ in message and remedy.
 */
export async function findJava(options: JavaOptions): Promise<Java> {
  return (await chooseJava(options)).java;
}

/**
 * Chooses the Java for the brokers, of version 17 or newer: `JAVA_HOME`'s, else the first on the path, else
 * the one of the usual folders whose version fits best (21, 17, 25, then the lowest).
 *
 * A `JAVA_HOME` that is missing, broken or too old is passed over, which `passedOver` says. The version is
 * read from the `release` file beside the program, since asking the program costs a start of Java.
 *
 * @throws LabError `NO_JAVA` where there is none, or none new enough
 */
export async function chooseJava(options: JavaOptions): Promise<JavaChoice> {
  const { env, signal } = options;
  const seen: JavaCandidate[] = [];
  for (const place of await chosenPlaces(env)) {
    const candidate = await candidateOf(place, signal);
    seen.push(candidate);
    if (candidate.problem === undefined) return chosen(candidate.java!, { env, seen, of: seen });
  }
  const usual = await candidatesOf(await usualPlaces(env), signal);
  const best = bestOf(usual);
  seen.push(...usual);
  if (best !== undefined) return chosen(best, { env, seen, of: usual });
  throw noJava(env, seen);
}

/** Lists every Java of this machine, in the order in which they are tried. */
export async function everyJava({ env, signal }: JavaOptions): Promise<JavaCandidate[]> {
  const chosen = await chosenPlaces(env);
  const usual = await usualPlaces(env);
  const isNew = ({ program }: JavaPlace): boolean => chosen.every((one) => one.program !== program);
  return await candidatesOf([...chosen, ...usual.filter(isNew)], signal);
}

async function candidatesOf(
  places: readonly JavaPlace[],
  signal: AbortSignal | undefined,
): Promise<JavaCandidate[]> {
  return await Promise.all(places.map((place) => candidateOf(place, signal)));
}

async function candidateOf(place: JavaPlace, signal: AbortSignal | undefined): Promise<JavaCandidate> {
  signal?.throwIfAborted();
  const described = await describeJava(place.program, signal);
  if (typeof described === "string") return { ...place, java: undefined, problem: described };
  const { major } = described;
  const problem = major >= OLDEST ? undefined : tooOld(described);
  return { ...place, java: described, problem };
}

function tooOld({ major }: Java): string {
  return `Java ${major} is too old, Kafka needs ${OLDEST} or newer`;
}

function bestOf(candidates: readonly JavaCandidate[]): Java | undefined {
  const rank = ({ major }: Java): number =>
    TESTED.includes(major) ? TESTED.indexOf(major) : TESTED.length + major;
  return candidates
    .flatMap(({ java, problem }) => (java === undefined || problem !== undefined ? [] : [java]))
    .sort((a, b) => rank(a) - rank(b) || (a.version < b.version ? 1 : -1))[0];
}

function chosen(
  java: Java,
  { env, seen, of }: { env: Env; seen: readonly JavaCandidate[]; of: readonly JavaCandidate[] },
): JavaChoice {
  const { source } = of.findLast((one) => one.java === java)!;
  const usable = of.filter(({ problem }) => problem === undefined).length;
  const among = usable === 1 ? "" : `, of ${usable} the one that fits Kafka best`;
  const why =
    source === "JAVA_HOME"
      ? "JAVA_HOME names it"
      : source === "the path"
        ? `the first on the path that is ${OLDEST} or newer`
        : `found in ${source}${among}; the path has none`;
  const home = env["JAVA_HOME"];
  if (!home || source === "JAVA_HOME") return { java, why, passedOver: undefined };
  const first = seen.find((one) => one.source === "JAVA_HOME");
  const problem = first === undefined ? "it has no bin/java" : first.problem;
  const instead = `Java ${java.version} runs the brokers (${java.path})`;
  const passedOver =
    problem === undefined ? undefined : `JAVA_HOME (${home}) is passed over: ${problem}; ${instead}`;
  return { java, why, passedOver };
}

function noJava(env: Env, seen: readonly JavaCandidate[]): LabError {
  const old = seen.find(({ java }) => java !== undefined);
  const install = installCommand();
  if (old?.java !== undefined)
    return new LabError("NO_JAVA", `Cannot start brokers: ${tooOld(old.java)}`, {
      file: old.java.path,
      hint: `Install a newer one with \`${install}\`, or point JAVA_HOME at it.`,
    });
  const home = env["JAVA_HOME"];
  const where = home
    ? `neither in JAVA_HOME (${home}), nor on the path, nor in the usual folders`
    : "JAVA_HOME is not set, and neither the path nor the usual folders have a java";
  const broken = seen.map(({ program, problem = "unknown" }) => `; ${program}: ${problem}`).join("");
  return new LabError("NO_JAVA", `Cannot start brokers: no Java, ${where}${broken}`, {
    hint: `Install one with \`${install}\`, or set JAVA_HOME.`,
  });
}

function installCommand(): string {
  return process.platform === "darwin"
    ? "brew install openjdk@21"
    : `sudo apt-get install openjdk-${OLDEST}-jre-headless`;
}
