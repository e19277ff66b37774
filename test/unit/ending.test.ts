// A lab's end: order, once, and what comes while it goes on.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { makeTeardown } from "../../sdk/lab/teardown.ts";

test("close() does everything newest first, once, and says before that it begins", async () => {
  const done: string[] = [];
  const ending = makeTeardown(() => void done.push(`begins, ${ending.hasBegun}`));
  for (const name of ["history", "brokers", "clients"]) ending.add(() => void done.push(name));
  assert.is(ending.hasBegun, false);
  await Promise.all([ending.close(), ending.close()]);
  assert.equal(done, ["begins, true", "clients", "brokers", "history"]);
});
test("close() goes on after a failure, and rejects with the first", async () => {
  const done: string[] = [];
  const ending = makeTeardown(() => {});
  ending.add(() => void done.push("history"));
  ending.add(() => Promise.reject(new Error("second")));
  ending.add(() => {
    throw new Error("first");
  });
  const failure = await ending.close().catch((error: Error) => error.message);
  assert.equal([failure, done], ["first", ["history"]]);
});
test("add() while the end goes on: that is closed, too, before what is older", async () => {
  const done: string[] = [];
  const ending = makeTeardown(() => {});
  ending.add(() => void done.push("history"));
  ending.add(async () => {
    await Promise.resolve();
    ending.add(() => void done.push("late"));
  });
  await ending.close();
  assert.equal(done, ["late", "history"]);
});
test("add() after the end closes at once, and a failure then ends no program", async () => {
  const ending = makeTeardown(() => {});
  await ending.close();
  await new Promise<void>((resolve) =>
    ending.add(() => {
      resolve();
      throw new Error("too late");
    }),
  );
});
test("assertOpen() throws LAB_CLOSED from the moment on where the end begins", () => {
  const ending = makeTeardown(() => {});
  ending.assertOpen();
  void ending.close();
  assert.throws(
    () => ending.assertOpen(),
    (error: { code: string }) => error.code === "LAB_CLOSED",
  );
});
test.run();
