// README's first command as a person runs it.

import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { leftovers } from "./outside.ts";
import { assertRefused, begin } from "./script.ts";

const test = suite("start");
const script = fileURLToPath(new URL("../../scripts/start.ts", import.meta.url));

test("npm start shows the posted cluster beside the corrected one, and leaves nothing", async () => {
  const { code, out, err } = await begin(script, "--timers", "fast", "--window", "4s").ended;
  assert.is(code, 0, `${out}\n${err}`);
  const cells = new Map(
    out
      .split("\n")
      .map((line) => line.trim().split(/ {2,}/))
      .map(([label = "", ...of]) => [label, of]),
  );
  assert.equal(cells.get("another broker took over"), ["no", "yes"], out);
  assert.equal(cells.get("claim and predictions confirmed"), ["no", "yes"], out);
  assert.equal(cells.get("lost"), ["0", "0"], out);
  const [posted, corrected] = cells.get("leader of my_topic, broker")!;
  assert.match(posted!, /^\d → none$/);
  assert.match(corrected!, /^(1 → 2|2 → 1)$/);
  assert.match(cells.get("client warm, one")![0]!, /^not served until it returned \*$/);
  assert.match(cells.get("client warm, all")![1]!, /^[\d.]+ m?s gap \*$/);
  // a run's folder ends in its program's id
  const owners = [...out.matchAll(/01-broker-stops\/\S+-(\d+)$/gm)].map(([, pid]) => Number(pid));
  assert.is(owners.length, 2, out);
  assert.equal(
    owners.flatMap((owner) => leftovers(owner)),
    [],
  );
});

for (const [args, message] of [
  [["--fix", "quorum"], /^Cannot pass --fix on: the two columns differ in it/],
  [["--timers", "fast", "--cluster=one-broker"], /^Cannot pass --cluster on: the two columns differ in it/],
  [["--json"], /^Cannot pass --json on: this prints a table of two runs/],
] as const) {
  test(`${args.join(" ")} is refused with a sentence`, () => assertRefused(script, args, message));
}
test.run();
