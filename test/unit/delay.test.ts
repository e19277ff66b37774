import { test } from "uvu";
import * as assert from "uvu/assert";
import { isAsPredicted, type MeasuredStep } from "../../scripts/delay/measure.ts";
import { stepPicture, stepTable } from "../../scripts/delay/picture.ts";
import { type Predicted, type Step, stepsOf } from "../../scripts/delay/steps.ts";

const CASES: readonly [
  what: string,
  predicted: Predicted,
  outcome: "ok" | "fail" | "info",
  count: number,
  is: boolean,
  own?: number,
][] = [
  ["as many as counted", { ends: "ok", count: 4 }, "ok", 4.01, true],
  ["one too many", { ends: "ok", count: 4 }, "ok", 5, false],
  ["one too few: the delay did not act", { ends: "ok", count: 4 }, "ok", 3, false],
  ["given up instead", { ends: "ok", count: 4 }, "fail", 4, false],
  ["given up in time", { ends: "never", count: 2 }, "fail", 2.01, true],
  ["given up much later", { ends: "never", count: 2 }, "fail", 4, false],
  ["served although it should not be", { ends: "never", count: 2 }, "ok", 2, false],
  ["a race that is won", { ends: "race", count: 1 }, "ok", 1, true],
  ["a race that is lost", { ends: "race", count: 1 }, "info", 4, true],
  ["faster than light", { ends: "race", count: 1 }, "ok", 0.2, false],
  ["a new client where each takes so long", { ends: "ok", count: 0 }, "ok", 0.33, true, 0.3],
  ["longer than a new client takes here", { ends: "ok", count: 0 }, "ok", 0.33, false, 0.02],
  ["one too many where new clients take very long", { ends: "ok", count: 4 }, "ok", 5, false, 2],
];
for (const [what, predicted, outcome, count, is, own] of CASES) {
  test(`isAsPredicted(): ${what}`, () =>
    assert.is(
      isAsPredicted({
        step: { name: "", settings: "", options: {}, bootstrap: "leader", predicted },
        outcome,
        count,
        ...(own !== undefined && { own }),
      }),
      is,
    ));
}

test("stepsOf() scales the posted timers, and nothing else", () => {
  const full = stepsOf({ client: "java", scale: 1 }),
    tenth = stepsOf({ client: "java", scale: 0.1 });
  const numbers = (options: { properties?: Readonly<Record<string, string>> }): Record<string, number> =>
    Object.fromEntries(Object.entries(options.properties!).map(([key, value]) => [key, Number(value)]));
  assert.equal(numbers(full.cold[0]!.options), {
    "request.timeout.ms": 30_000,
    "max.block.ms": 60_000,
    "delivery.timeout.ms": 120_000,
    "socket.connection.setup.timeout.ms": 10_000,
    "socket.connection.setup.timeout.max.ms": 30_000,
  });
  for (const [index, step] of full.cold.entries()) {
    const scaled = numbers(tenth.cold[index]!.options);
    for (const [key, value] of Object.entries(numbers(step.options))) assert.is(scaled[key], value / 10, key);
    assert.equal(tenth.cold[index]!.predicted, step.predicted);
  }
  assert.is(stepsOf({ client: "kafkajs", scale: 0.1 }).cold[1]!.options.requestTimeout, 60_000);
});
test("stepPicture() has a bar a step, hollow where it was given up, and says what was not as predicted", async () => {
  const { warm, cold, last } = stepsOf({ client: "kafkajs", scale: 0.1 });
  const measured = (step: Step, outcome: "ok" | "fail", count: number): MeasuredStep => ({
    step,
    where: "posted, all",
    outcome,
    count,
    tookMs: count * 3000,
    parts: [],
  });
  const rows = [
    measured(warm, "ok", 1),
    measured(cold[0]!, "fail", 2.4),
    measured(cold[1]!, "ok", 5.5),
    measured(last, "ok", 0),
  ];
  const { svg = "", text } = await stepPicture(rows);
  for (const said of ["1 D (a race)", "never, 2.4 D", "5.5 D !", "cold, as posted (posted, all)"])
    assert.ok(svg.includes(`>${said}<`), said);
  assert.equal(text, stepTable(rows).text);
  assert.is(svg.match(/stroke-dasharray="4,3"/g)?.length, 1);
  assert.match(stepTable(rows).html!, /NOT as predicted/);
});
test.run();
