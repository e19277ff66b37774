// readCompose(): compose files for a prediction, with what the face exports and nothing else.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { FAST_TIMERS, fromCompose, LabError, predict, readCompose } from "@kafka-failure-lab/sdk";

const folder = mkdtempSync(path.join(os.tmpdir(), "lab-read-compose-"));
test.after(() => rmSync(folder, { recursive: true, force: true }));

const FAULT = { fault: { kind: "kill", targets: [1] }, leader: 1 } as const;
const longest = (options?: Parameters<typeof readCompose>[1]): number => {
  const { parts } = predict(fromCompose(readCompose(["three-brokers"], options), FAULT));
  return Math.max(...parts.map(({ tookMs }) => tookMs.toMs));
};

test("readCompose() reads the lab's own files by name, three brokers by default", () => {
  assert.is(readCompose().services.length, 3);
  assert.is(readCompose(["one-broker"]).services.length, 1);
});
test("readCompose() replaces properties on every node", () => {
  assert.ok(longest({ properties: FAST_TIMERS }) < longest());
});
test("readCompose() reads a file of a folder with the variables that are given", () => {
  writeFileSync(
    path.join(folder, "compose.yml"),
    "services:\n  kafka:\n    image: apache/kafka:${TAG}\n    environment:\n      KAFKA_NODE_ID: 1\n",
  );
  const [service] = readCompose(["./compose.yml"], { cwd: folder, env: { TAG: "4.4.0" } }).services;
  assert.is(service!.image, "apache/kafka:4.4.0");
});
test("readCompose() refuses wrong arguments, and files that are not there", () => {
  const call = readCompose as (...args: unknown[]) => unknown;
  const table: readonly (readonly [args: unknown[], Kind: ErrorConstructor])[] = [
    [["three-brokers"], TypeError],
    [[[5]], TypeError],
    [[[]], RangeError],
    [[["three-brokers"], { cwd: 5 }], TypeError],
    [[["three-brokers"], { nonesuch: 1 }], TypeError],
    [[["four-brokers"]], LabError as unknown as ErrorConstructor],
    [[["./nowhere.yml"], { cwd: folder }], LabError as unknown as ErrorConstructor],
  ];
  for (const [args, Kind] of table)
    assert.throws(
      () => call(...args),
      (error: Error) => error.constructor === Kind,
      JSON.stringify(args),
    );
});
test.run();
