// The rooms of sdk/ and the arrows between them: an import that points up is a failure.

import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";

const sdk = fileURLToPath(new URL("../../sdk/", import.meta.url));

/** From the top down: a file may import from its own room and from rooms further down, never from one above. */
const FLOORS: readonly (readonly string[])[] = [
  ["index"],
  ["about"],
  ["lab"],
  ["recording", "wiring"],
  ["conclude", "open", "scenario", "doctor", "clean", "tools", "result"],
  ["cli"],
  ["probes", "questions"],
  ["maker"],
  ["prediction"],
  ["cluster", "net", "probe"],
  ["show"],
  ["report"],
  ["explain"],
  ["judge", "diagnose", "predict"],
  ["aim", "proof", "ending", "beginning"],
  ["faults", "load", "observe", "follow", "settings", "progress", "interrupt", "cell", "closed"],
  ["place"],
  ["engine", "client"],
  ["guardian", "compose", "run", "target", "notebook", "brokerlog", "print"],
  ["runtime"],
  ["disk"],
  ["history-schema"],
  ["prediction-schema"],
  ["history", "duration", "errors", "defaults", "shape"],
  ["traffic", "signal", "clock", "rejections"],
  ["model"],
];

const files = readdirSync(sdk, { recursive: true, encoding: "utf8" }).filter(
  (file) => /\.(ts|mjs)$/.test(file) && !file.endsWith(".d.mts") && !file.includes("node_modules"),
);
const roomOf = (file: string): string => file.split(path.sep)[0]!.replace(/\.(ts|mjs)$/, "");
const floorOf = (room: string): number => FLOORS.findIndex((floor) => floor.includes(room));
/** Types cross floors in these places only: an options type that belongs to the room that takes it; a history holds what was predicted. */
const TYPES_ONLY = new Set([
  "scenario -> lab",
  "recording -> lab",
  "wiring -> lab",
  "history -> predict",
  "prediction-schema -> predict",
]);

const arrows = files.flatMap((file) => {
  const text = readFileSync(path.join(sdk, file), "utf8");
  return [...text.matchAll(/^\s*(?:import|export)\s+(type\s)?[^;]*?from\s+"(\.[^"]+(?<!\.json))"/gm)].map(
    ([, type, to]) => ({
      file,
      type: type !== undefined,
      to: path.relative(sdk, path.resolve(sdk, path.dirname(file), to!)),
    }),
  );
});

test("every file of sdk/ is in a room that has a floor", () => {
  assert.equal(
    files.filter((file) => floorOf(roomOf(file)) < 0),
    [],
  );
});
test("imports point down or stay in their room", () => {
  const up = arrows.filter(({ file, to, type }) => {
    const [from, into] = [roomOf(file), roomOf(to)];
    return from !== into && floorOf(into) <= floorOf(from) && !(type && TYPES_ONLY.has(`${from} -> ${into}`));
  });
  assert.equal(
    up.map(({ file, to }) => `${file} -> ${to}`),
    [],
  );
});
test("judge/, predict/, explain/, report/, diagnose/, brokerlog/ and model/ have no side effects: they import no node: module", () => {
  const guilty = files.filter(
    (file) =>
      ["judge", "predict", "explain", "report", "diagnose", "brokerlog", "model"].includes(roomOf(file)) &&
      /from "node:/.test(readFileSync(path.join(sdk, file), "utf8")),
  );
  assert.equal(guilty, []);
});
test("there are as many arrows as a walk that works must find", () =>
  assert.ok(arrows.length > 100, `${arrows.length} arrows`));
test.run();
