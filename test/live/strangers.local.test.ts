// Clients of other programs: a lab's ports are its own, and other programs that dial its brokers are
// reported.

import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { type History, type HistoryEvent, type Lab, startLab } from "@kafka-failure-lab/sdk";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { startApplication } from "../../scripts/posted.ts";
import { roundTrip, until } from "./outside.ts";

const test = suite<{ lab: Lab; said: string[]; folder: string }>("strangers");
const published = readFileSync(new URL("../../compose/one-broker.yml", import.meta.url), "utf8");
const common = { scenario: "test-strangers", timers: "fast" } as const;

test.before(async (context) => {
  context.folder = mkdtempSync(path.join(os.tmpdir(), "lab-strangers-"));
  context.said = [];
  context.lab = await startLab({
    ...common,
    compose: ["one-broker"],
    onProgress: (line) => void context.said.push(line),
  });
});
test.after(async ({ lab, folder }) => {
  await lab?.close();
  rmSync(folder, { recursive: true, force: true });
});

type Stranger = Extract<HistoryEvent, { kind: "stranger" }>;
const strangersIn = (history: History): Stranger[] => history.filter((event) => event.kind === "stranger");

/** A program that holds a connection to the port; a shell that ends at once has started it. */
function startElsewhere(port: number): number {
  const code = `require("net").connect(${port}, "127.0.0.1"); setTimeout(() => {}, 60000)`;
  const program =
    "Deno" in globalThis ? execFileSync("which", ["node"], { encoding: "utf8" }).trim() : process.execPath;
  const script = '"$0" -e "$1" > /dev/null 2>&1 & echo $!';
  return Number(execFileSync("sh", ["-c", script, program, code], { encoding: "utf8" }));
}
const portOf = ({ bootstrap }: Lab): number => Number(bootstrap[0]!.split(":")[1]);

test("the lab's own compose files publish no port for the local engine: each lab has others", ({ lab }) => {
  assert.ok(published.includes(":29091:"));
  assert.is.not(portOf(lab), 29_091);
  assert.ok(
    lab.differs.some((line) => line.includes("29091")),
    lab.differs.join("\n"),
  );
});
test("a compose file of a reader's own says where its clients dial", async ({ folder }) => {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, "close");
  const file = path.join(folder, "mine.yml");
  writeFileSync(file, published.replaceAll("29091", String(port)));
  await using own = await startLab({ ...common, compose: [file], onProgress: false });
  assert.equal(own.bootstrap, [`localhost:${port}`]);
});

test("clients of this program, and of what it has started, are no strangers", async ({ lab }) => {
  assert.is((await lab.probe.send()).outcome, "ok");
  assert.ok((await roundTrip(lab.bootstrap[0]!)) !== undefined);
  const { bootstrap, topic, run } = lab;
  const application = await startApplication({ bootstrap, topic, dir: run.dir });
  await fetch(application.url);
  await until("the application has sent", () =>
    readFileSync(path.join(run.dir, "app.log"), "utf8").includes("sent"),
  );
  await application.stop();
  assert.equal(strangersIn(lab.run.history), []);
});
test("a program that somebody else has started is reported with its name, and decides nothing", async ({
  lab,
  said,
}) => {
  const pid = startElsewhere(portOf(lab));
  try {
    await until("it is in the history", () => strangersIn(lab.run.history).length > 0, 20_000);
  } finally {
    process.kill(pid, "SIGKILL");
  }
  const [event, ...more] = strangersIn(lab.run.history);
  assert.equal(more, []);
  assert.equal([event!.pid, event!.broker], [pid, 1]);
  assert.match(event!.from, /^127\.0\.0\.1:\d+$/);
  assert.ok(said.some((line) => line.includes(`pid ${pid}`)));
  const conclusion = await lab.conclude({ print: false, exitCode: false, picture: false });
  assert.is(conclusion.verdict, true);
});
test.run();
