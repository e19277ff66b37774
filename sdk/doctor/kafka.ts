// Kafka's jars: which are here, where the others would come from, and whether brokers start fast.

import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { LabError } from "../model/errors.ts";
import { readKafkaHome } from "../engine/local/supply/home.ts";
import { flawOf, megabytes, pinnedJars } from "../engine/local/supply/jars.ts";
import { cacheFolder, findJava, PINNED_KAFKA } from "../engine/local/supply/mod.ts";
import { repositories } from "../engine/local/supply/settings.ts";
import { onPath } from "./program.ts";
import { install, type MachineCheck, type Surroundings } from "./report.ts";

/**
 * Where missing jars would come from: a configured repository, or Maven. Neither is asked: it is looked
 * whether it is there.
 */
export async function checkSource({ env, platform }: Surroundings): Promise<MachineCheck[]> {
  const facts = { group: "local", name: "source of Kafka" } as const;
  const { remote } = await repositories(env);
  const maven = await onPath("mvn", env);
  const ways = [
    ...(remote === undefined
      ? []
      : [env["LAB_MAVEN_REPOSITORY"] ? "LAB_MAVEN_REPOSITORY" : "the repository of ~/.m2/settings.xml"]),
    ...(maven === undefined ? [] : [`Maven, ${maven}`]),
  ];
  if (ways.length > 0) return [{ ...facts, state: "ok", found: ways.join("; ") }];
  return [
    {
      ...facts,
      state: "missing",
      found: "no Maven on the path, LAB_MAVEN_REPOSITORY is not set",
      remedy: install(platform, { apt: "maven", brew: "maven" }),
    },
  ];
}

/** The pinned versions, or what KAFKA_HOME holds, which stands in for all of them. */
export async function checkJars(around: Surroundings): Promise<MachineCheck[]> {
  const home = around.env["KAFKA_HOME"];
  if (home)
    return [
      await homeOf(home),
      ...(await archiveOf((await readKafkaHome(home).catch(() => undefined))?.version, around)),
    ];
  return (
    await Promise.all(
      PINNED_KAFKA.map(async (version) => [
        await jarsOf(version, around),
        ...(await archiveOf(version, around)),
      ]),
    )
  ).flat();
}

async function homeOf(home: string): Promise<MachineCheck> {
  const facts = { group: "local", name: "KAFKA_HOME" } as const;
  try {
    const { version, classPath } = await readKafkaHome(home);
    return { ...facts, state: "ok", found: `Kafka ${version}, ${classPath.length} jars` };
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    return {
      ...facts,
      state: "missing",
      found: error.message.split("\n", 1)[0]!,
      remedy: "unset KAFKA_HOME",
    };
  }
}

async function jarsOf(version: string, { env, signal }: Surroundings): Promise<MachineCheck> {
  const facts = { group: "local", name: `Kafka ${version}` } as const;
  const { jars } = await pinnedJars(version);
  const folder = path.join(cacheFolder(env), "jars", version);
  const missing = [];
  let spoilt = 0;
  for (const jar of jars) {
    signal.throwIfAborted();
    const flaw = await flawOf(folder, jar, false);
    if (flaw !== undefined) missing.push(jar);
    if (flaw?.kind === "differs") spoilt++;
  }
  if (missing.length === 0) return { ...facts, state: "ok", found: `${jars.length} jars in ${folder}` };
  const bytes = missing.reduce((sum, jar) => sum + jar.bytes, 0);
  const present = `${jars.length - missing.length} of ${jars.length} jars in the cache`;
  const damaged = spoilt > 0 ? `, ${spoilt} damaged` : "";
  const found = `${present}${damaged}; ${megabytes(bytes)} MB to fetch, once`;
  return { ...facts, state: "missing", found, remedy: `npm start -- --kafka ${version}` };
}

/** Looks for an archive of this Kafka and this Java; whether Java takes it is seen when a broker starts. */
async function archiveOf(
  version: string | undefined,
  { env, signal }: Surroundings,
): Promise<MachineCheck[]> {
  const java = await findJava({ env, signal }).catch(() => undefined);
  if (java === undefined || version === undefined) return [];
  const folder = path.join(cacheFolder(env), "class-data");
  const names = (await readdir(folder).catch(absent)).filter((name) =>
    name.startsWith(`kafka-${version}-java-${java.major}-`),
  );
  const facts = { group: "local", name: `fast start, ${version}` } as const;
  const archive = names.find((name) => name.endsWith(".jsa"));
  if (archive !== undefined)
    return [
      {
        ...facts,
        state: "ok",
        found: `class-data archive, ${megabytes((await stat(path.join(folder, archive))).size)} MB`,
      },
    ];
  const failed = names.find((name) => name.endsWith(".failed"));
  const why =
    failed === undefined
      ? ""
      : `; the last try failed: ${(await readFile(path.join(folder, failed), "utf8")).split("\n", 1)[0]}`;
  return [
    {
      ...facts,
      state: "missing",
      found: `no class-data archive for Java ${java.major}: the first start makes it (10 s, once)${why}`,
      remedy: `npm start -- --kafka ${version}`,
    },
  ];
}

/** @throws the error of a folder that is there and cannot be read: what is in it is unknown */
function absent(error: NodeJS.ErrnoException): string[] {
  if (error.code === "ENOENT") return [];
  throw error;
}
