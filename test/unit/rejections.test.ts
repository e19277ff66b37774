import { spawnSync } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { guardRejections } from "../../sdk/client/rejections.ts";

const program = (code: string) => {
  const guard = JSON.stringify(fileURLToPath(new URL("../../sdk/client/rejections.ts", import.meta.url)));
  const text = `const { guardRejections } = await import(${guard}); ${code}`;
  const argv = "Deno" in globalThis ? ["eval", text] : ["--import", "tsx", "--input-type=module", "-e", text];
  return spawnSync(process.execPath, argv, {
    encoding: "utf8",
    timeout: 20_000,
    cwd: fileURLToPath(new URL("../../", import.meta.url)),
  });
};

test("guardRejections() keeps a rejection of kafkajs from ending the program", () => {
  const ran = program(
    `guardRejections((e) => console.log("told", e.message)); const e = new Error("lost"); ` +
      `e.name = "KafkaJSConnectionError"; Promise.reject(e); setTimeout(() => ` +
      `console.log("alive"), 20);`,
  );
  assert.is(ran.stdout, "told lost\nalive\n", ran.stderr);
  assert.is(ran.status, 0);
});
test("guardRejections() lets a stranger's rejection end the program, as without the lab", () => {
  const ran = program(
    `guardRejections(() => console.log("told")); Promise.reject(new Error("mine")); ` +
      `setTimeout(() => console.log("alive"), 200);`,
  );
  assert.is(ran.stdout, "");
  assert.match(ran.stderr, /mine/);
  assert.is.not(ran.status, 0);
});
test("guardRejections() stops to listen once the last guard is released", async () => {
  const before = process.listenerCount("unhandledRejection");
  const [one, two] = [guardRejections(() => {}), guardRejections(() => {})];
  assert.is(process.listenerCount("unhandledRejection"), before + 1);
  await Promise.all([one(), two(), one()]);
  assert.is(process.listenerCount("unhandledRejection"), before);
});
test.run();
