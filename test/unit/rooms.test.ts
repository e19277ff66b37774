// The rooms of sdk/ and the arrows between them: which room may import which, no circle, and what is pure.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** From the top down: a file may import from its own room and from rooms further down. */
const FLOORS: readonly (readonly string[])[] = [
  ["index"],
  ["faces"],
  ["arguments"],
  ["cli"],
  ["start"],
  ["recording"],
  ["lab"],
  ["doctor"],
  ["notebook"],
  ["report"],
  ["analysis"],
  ["engine"],
  ["client"],
  ["kubernetes"],
  ["compose"],
  ["faults", "kafka", "runtime"],
  ["model"],
];
/** Rooms whose files reach no side effect through any chain of imports, and the modules that have them. */
const PURE = ["analysis", "model", "report"];
const EFFECTS = ["child_process", "cluster", "dgram", "fs", "fs/promises", "http", "https", "net", "tls"];
const MOST_ROOMS = 25;

interface Arrow {
  from: string;
  to: string;
}

const sources = (folder: string): string[] =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => /\.(ts|mjs)$/.test(file) && !file.endsWith(".d.mts") && !file.includes("node_modules"))
    .map((file) => path.join(folder, file));
const textOf = (file: string): string => readFileSync(path.join(root, file), "utf8");
const IMPORT =
  /^\s*(?:import|export)\s[^;]*?from\s+"([^"]+)"|^\s*import\s+"([^"]+)"|\bimport\(\s*"([^"]+)"\s*\)/gm;
const importsOf = (file: string): string[] =>
  [...textOf(file).matchAll(IMPORT)].map(([, named, bare, dynamic]) => (named ?? bare ?? dynamic)!);
const isCode = (to: string): boolean => to.startsWith(".") && !to.endsWith(".json");
const arrowsOf = (file: string): Arrow[] =>
  importsOf(file)
    .filter(isCode)
    .map((to) => ({ from: file, to: path.normalize(path.join(path.dirname(file), to)) }));

const files = sources("sdk");
const arrows = files.flatMap(arrowsOf);
const roomOf = (file: string): string => file.split(path.sep)[1]!.replace(/\.(ts|mjs)$/, "");
const floorOf = (file: string): number => FLOORS.findIndex((floor) => floor.includes(roomOf(file)));
const targets = grouped(arrows);

function grouped(all: readonly Arrow[]): Map<string, string[]> {
  const map = new Map<string, string[]>();
  for (const { from, to } of all) map.set(from, [...(map.get(from) ?? []), to]);
  return map;
}

/** Every file that a file reaches, with the file from which it is reached. */
function reachedFrom(file: string): Map<string, string | undefined> {
  const seen = new Map<string, string | undefined>([[file, undefined]]);
  const waiting = [file];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const to of targets.get(next) ?? []) {
      if (seen.has(to)) continue;
      seen.set(to, next);
      waiting.push(to);
    }
  }
  return seen;
}

function chain(seen: ReadonlyMap<string, string | undefined>, file: string): string {
  const steps = [file];
  for (let at = seen.get(file); at !== undefined; at = seen.get(at)) steps.unshift(at);
  return steps.join(" -> ");
}

test("every file of sdk/ is in a room that has a floor, and every room has files", () => {
  assert.equal(
    files.filter((file) => floorOf(file) < 0),
    [],
  );
  const rooms = new Set(files.map(roomOf));
  assert.equal(
    FLOORS.flat().filter((room) => !rooms.has(room)),
    [],
  );
  assert.ok(rooms.size <= MOST_ROOMS, `${rooms.size} rooms`);
});
test("imports point down or stay in their room, types included", () => {
  const up = arrows.filter(({ from, to }) => roomOf(from) !== roomOf(to) && floorOf(to) <= floorOf(from));
  assert.equal(
    up.map(({ from, to }) => `${from} -> ${to}`),
    [],
  );
});
test("no file imports itself through others, types included", () => {
  const circles = files.flatMap((file) =>
    (targets.get(file) ?? []).flatMap((to) => {
      const seen = reachedFrom(to);
      return seen.has(file) ? [`${file} -> ${chain(seen, file)}`] : [];
    }),
  );
  assert.equal(circles, []);
});
test("analysis/, model/ and report/ reach no side effect through any chain of imports", () => {
  const guilty = new Set<string>();
  for (const file of files.filter((one) => PURE.includes(roomOf(one)))) {
    const seen = reachedFrom(file);
    for (const one of seen.keys()) {
      if (!existsSync(path.join(root, one))) continue;
      const effects = importsOf(one).filter((to) => EFFECTS.includes(to.replace(/^node:/, "")));
      for (const effect of effects) guilty.add(`${chain(seen, one)} -> ${effect}`);
    }
  }
  assert.equal([...guilty], []);
});
/** What is not a unit test sees the SDK as its readers do. */
const OUTSIDE = ["scripts", "bench", "notebooks", "examples", "test"];
const SUBPATHS = Object.keys(
  (JSON.parse(textOf("sdk/package.json")) as { exports: Record<string, string> }).exports,
).map((subpath) => `@kafka-failure-lab/sdk${subpath.slice(1)}`);
/** Files of sdk/ that are read or written as data: by which file, and why no face has them. */
const BY_PATH: Readonly<Record<string, string>> = {
  "scripts/config-defs.ts ../sdk/kafka/definitions.json": "writes the table",
  "scripts/config-defs.ts ../sdk/kafka/worker-definitions.json": "writes the table",
  "test/nightly/definitions.nightly.test.ts ../../sdk/kafka/worker-definitions.json": "compares its bytes",
  "test/live/settings.local.test.ts ../../sdk/kafka/definitions.json": "compares its bytes with a new one",
};
test("scripts, notebooks, the bench and all but unit tests import the public face only", () => {
  const outside = OUTSIDE.flatMap(sources).filter((file) => !file.startsWith(path.join("test", "unit")));
  const imports = outside.flatMap((file) => importsOf(file).map((to) => ({ file, to })));
  const isInside = ({ file, to }: { file: string; to: string }): boolean =>
    to.startsWith(".") && path.join(path.dirname(file), to).startsWith(`sdk${path.sep}`);
  const isUnknown = ({ to }: { to: string }): boolean =>
    to.startsWith("@kafka-failure-lab/sdk") && !SUBPATHS.includes(to);
  assert.equal(
    imports.filter((one) => isInside(one) || isUnknown(one)).map(({ file, to }) => `${file} -> ${to}`),
    [],
  );
  assert.ok(imports.filter(({ to }) => SUBPATHS.includes(to)).length > 150, "the walk finds imports");
  const byPath = outside.flatMap((file) =>
    [...textOf(file).matchAll(/new URL\(\s*"([^"]*\/sdk\/[^"]+)"/g)].map(([, to]) => `${file} ${to}`),
  );
  assert.equal(byPath.sort(), Object.keys(BY_PATH).sort());
});
test("every subpath of the faces is exported for Node, Deno and the package alike", () => {
  const exportsOf = (file: string): Record<string, unknown> =>
    (JSON.parse(textOf(file)) as { exports: Record<string, unknown> }).exports;
  assert.equal(exportsOf("sdk/deno.json"), exportsOf("sdk/package.json"));
  const compiled = Object.entries(exportsOf("sdk/package.json")).map(([subpath, source]) => {
    const module = (source as string).replace("./", "./dist/sdk/").replace(/\.ts$/, "");
    return [subpath, { types: `${module}.d.ts`, default: `${module}.js` }];
  });
  assert.equal(exportsOf("package.json"), Object.fromEntries(compiled));
});
test("there are as many arrows as a walk that works must find", () =>
  assert.ok(arrows.length > 500, `${arrows.length} arrows`));
test.run();
