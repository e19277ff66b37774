// The posted application beside a scenario: started, asked, ended, and ended with its owner. No broker runs.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { LabError } from "@kafka-failure-lab/sdk";
import { startApplication } from "../../scripts/posted.ts";

const folder = mkdtempSync(path.join(os.tmpdir(), "lab-posted-"));
test.after(() => rmSync(folder, { recursive: true, force: true }));
const nowhere = { bootstrap: ["127.0.0.1:1"], topic: "my_topic", dir: folder };
const isOpen = (url: string): Promise<boolean> =>
  fetch(url).then(
    (answer) => answer.arrayBuffer().then(() => true),
    () => false,
  );

test("startApplication() starts what answers 200 before Kafka has answered, and stop() ends it", async () => {
  const app = await startApplication(nowhere);
  const answer = await fetch(app.url);
  assert.equal([answer.status, await answer.text()], [200, "Message sent to Kafka!"]);
  assert.match(readFileSync(path.join(folder, "app.log"), "utf8"), /^Listening on /m);
  await app.stop();
  assert.is(await isOpen(app.url), false);
});
test("startApplication() says why the application does not listen", async () => {
  const error = await startApplication({ ...nowhere, topic: "a/b" }).catch((thrown: unknown) => thrown);
  assert.instance(error, LabError);
  assert.is((error as LabError).code, "COMMAND_FAILED");
  assert.match(String((error as LabError).facts.stderr), /a\/b/);
});
test("the application ends with its owner, also after a SIGKILL", async () => {
  const file = new URL("../../scripts/posted.ts", import.meta.url).href;
  const code = `const { startApplication } = await import(${JSON.stringify(file)});
    console.log((await startApplication(${JSON.stringify(nowhere)})).url);
    setInterval(() => {}, 1000);`;
  const flags =
    "Deno" in globalThis ? ["eval", "--ext=mjs"] : ["--import", "tsx", "--input-type=module", "-e"];
  const cwd = fileURLToPath(new URL("../../", import.meta.url));
  const owner = spawn(process.execPath, [...flags, code], { cwd, stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(owner.stdout!, "data")) as [Uint8Array];
  const url = new TextDecoder().decode(line).trim();
  assert.is(await isOpen(url), true);
  owner.kill("SIGKILL");
  for (const began = performance.now(); await isOpen(url); await wait(50))
    assert.ok(performance.now() - began < 10_000, "it goes on");
});
test.run();
