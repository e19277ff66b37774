// explain() and predictionChecks() on 100,000 sends: what they count. How long they take is printed by `npm
// run bench`.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { manyPredicted, manySends } from "../../bench/many.ts";
import { explain, predictionChecks } from "../../sdk/analysis/explain/mod.ts";
import type { HistoryEvent } from "../../sdk/model/history.ts";

test("explain() explains every outage of each client among 100,000 sends", () =>
  assert.is(explain(manySends()).windows.length, 40));
test("explain() has one window for each client that was never served, with 100,000 sends", () => {
  const history = manySends().map(
    (event): HistoryEvent => (event.kind === "send" ? { ...event, outcome: "info" } : event),
  );
  assert.is(explain(history).windows.length, 4);
});
test("predictionChecks() compares ten predictions with what came to 100,000 sends", () =>
  assert.is(predictionChecks(manyPredicted()).filter(({ verdict }) => verdict === true).length, 10));
test.run();
