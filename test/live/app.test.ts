// The application as a reader runs it: a process of its own, looked at through HTTP and what it prints, while
// its cluster goes and comes.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import net from "node:net";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { type Lab, startLab } from "@kafka-failure-lab/sdk";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { program, reportingFailure, until } from "./outside.ts";

const test = suite("app");
const file = fileURLToPath(new URL("../../scripts/app.ts", import.meta.url));
const HASTY = [
  "--request-timeout",
  "1s",
  "--connection-timeout",
  "500ms",
  "--retries",
  "1",
  "--initial-retry-time",
  "100ms",
  "--delivery-timeout",
  "5s",
  "--session-timeout",
  "2s",
];
const SENT = /^Message sent successfully in \d+ ms$/;
const FAILED = /^Failed to send message in \d+ ms: ./;
/** The posted listener's lines. */
const LISTENED = /^Message successfully sent to topic: my_topic, partition: (0, offset: \d+|-1, offset: -1)$/;
const LISTENED_FAILURE = /^Failed to send message to topic: (my_topic|elsewhere)\. Exception: ./;
const FAILED_MESSAGE = /^Failed message: Hello, Kafka!$/;
const ENDED = /^(Message successfully sent|Failed message:) /;
const RECEIVED = /^Received message: Hello, Kafka!$/;

interface App {
  child: ChildProcess;
  /** Standard output so far. */
  lines(): string[];
  errors(): string;
  count(line: RegExp): number;
  url(): string;
  /** Waits until one more such line is printed than at the call. */
  next(line: RegExp): Promise<number>;
  /** Ends it by a signal and returns the exit code and the time that took. */
  end(signal: NodeJS.Signals): Promise<{ code: number | null; tookMs: number }>;
}

const running = new Set<ChildProcess>();
let lab: Lab;

test.before(
  reportingFailure(async () => {
    // a group of one: a second consumer is refused for good, which is a crash that kafkajs does not restart
    // from; and after a crash a consumer is a new member, who waits until the old one has been silent for the
    // session timeout
    lab = await startLab({
      scenario: "test-app",
      compose: ["one-broker"],
      timers: "fast",
      properties: { "group.max.size": "1", "group.min.session.timeout.ms": "1000" },
      onProgress: false,
    });
  }),
);
test.after(async () => {
  for (const child of running) child.kill("SIGKILL");
  await lab?.close();
});

function start(...args: string[]): App {
  const child = spawn(...program(file, "--port", "0", ...args), { stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  child.once("exit", () => running.delete(child));
  let text = "",
    errors = "";
  child.stdout!.setEncoding("utf8").on("data", (more: string) => (text += more));
  child.stderr!.setEncoding("utf8").on("data", (more: string) => (errors += more));
  const lines = (): string[] => text.split("\n").slice(0, -1);
  const count = (line: RegExp): number => lines().filter((one) => line.test(one)).length;
  return {
    child,
    lines,
    errors: () => errors,
    count,
    url: () => /http:\S+/.exec(text)?.[0] ?? "",
    next: (line) => {
      const before = count(line);
      return until(
        () => {
          const end = [...lines().slice(-12), ...errors.split("\n").slice(-12)];
          return `one more ${line}, the end of what is there:\n${end.join("\n")}`;
        },
        () => {
          if (child.exitCode !== null)
            throw new Error(`the application ended with ${child.exitCode}: ${errors}`);
          return count(line) > before;
        },
      );
    },
    async end(signal) {
      const began = performance.now();
      const gone = once(child, "exit");
      // after child.kill() Deno reports that the signal ended it, whatever it exited with
      process.kill(child.pid!, signal);
      const [code] = (await gone) as [number | null];
      return { code, tookMs: performance.now() - began };
    },
  };
}

async function listening(...args: string[]): Promise<App> {
  const app = start(...args);
  await until("the application listens", () => {
    if (app.child.exitCode !== null) throw new Error(app.errors());
    return app.url() !== "";
  });
  return app;
}

/** GETs and expects what the posted application answers, at once, whatever Kafka does. */
async function get(app: App): Promise<void> {
  const began = performance.now();
  const response = await fetch(app.url());
  assert.is(await response.text(), "Message sent to Kafka!");
  assert.is(response.status, 200);
  assert.ok(performance.now() - began < 5000, "the answer waited for Kafka");
}

/**
 * GETs until the consumer has received a message: it begins at the end of the topic, a moment after it has
 * joined.
 */
async function getUntilReceived(app: App): Promise<void> {
  await until(
    () => `a message is received, the end of what is there:\n${app.lines().slice(-12).join("\n")}`,
    async () => {
      const before = app.count(RECEIVED);
      const ended = app.next(ENDED);
      await get(app);
      await ended;
      return await until("it is received", () => app.count(RECEIVED) > before, 2000).then(
        () => true,
        () => false,
      );
    },
  );
}

async function sendsAgain(app: App, after: string): Promise<void> {
  await until(`it sends again after ${after}`, async () => {
    const before = app.count(SENT);
    const ended = app.next(ENDED);
    await get(app);
    await ended;
    return app.count(SENT) > before;
  });
}

async function exit(app: App): Promise<number | null> {
  await until("the application ends", () => app.child.exitCode !== null);
  return app.child.exitCode;
}

for (const [what, args, message] of [
  ["an unknown flag", ["--bootstraps", "a:1"], /--bootstraps/],
  ["a bootstrap list without a port", ["--bootstrap", "localhost"], /--bootstrap "localhost".*host:port/],
  ["acks that do not exist", ["--acks", "2"], /--acks "2".*all/],
  [
    "a duration that is none",
    ["--request-timeout", "soon"],
    /--request-timeout: Cannot read the duration "soon"/,
  ],
  ["idempotence without acks all", ["--idempotent", "--acks", "1"], /needs acks all/],
  ["a file that is not there", ["--settings", "/nowhere/app.json"], /\/nowhere\/app\.json/],
] as const) {
  test(`app refuses ${what} with 1`, async () => {
    const app = start(...args);
    assert.is(await exit(app), 1);
    await until("it says why", () => message.test(app.errors()));
  });
}

test("app refuses a setting that nothing would read", async () => {
  const settings = path.join(lab.run.dir, "spring.json");
  writeFileSync(settings, JSON.stringify({ "spring.kafka.producer.request.timeout.ms": 600_000 }));
  const app = start("--settings", settings);
  assert.is(await exit(app), 1);
  await until("it says why", () =>
    /spring\.kafka\.producer\.request\.timeout\.ms.*bootstrap, topic,/.test(app.errors()),
  );
});

test("app says that its port is taken, and exits with 1", async () => {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    const { port } = server.address() as net.AddressInfo;
    const app = start("--port", String(port)); // the last one counts
    assert.is(await exit(app), 1);
    await until("it says why", () =>
      app.errors().includes(`Cannot listen on 127.0.0.1:${port}: the port is taken`),
    );
  } finally {
    server.close();
  }
});

test("app without a cluster goes on: it answers, says what fails, tries again, and SIGINT ends it with 130", async () => {
  const settings = path.join(lab.run.dir, "app.json");
  writeFileSync(
    settings,
    JSON.stringify({
      bootstrap: "127.0.0.1:9",
      topic: "elsewhere",
      requestTimeout: "2s",
      acks: "all",
      consumer: true,
    }),
  );
  // nothing listens on port 9 (discard)
  const app = await listening(...HASTY, "--settings", settings, "--acks", "1");
  const [printed = ""] = app.lines();
  for (const one of [
    "bootstrap=127.0.0.1:9",
    "topic=elsewhere",
    "group=my-group",
    "acks=1",
    "requestTimeout=1000",
  ])
    assert.ok(printed.split(" ").includes(one), `${one} is not in ${printed}`);
  const signs = [
    FAILED,
    LISTENED_FAILURE,
    FAILED_MESSAGE,
    /^Producer: .*trying again in/,
    /^Consumer: .*trying again in/,
  ].map((line) => app.next(line));
  await get(app);
  await Promise.all(signs);
  assert.is((await fetch(new URL("/", app.url()))).status, 404);
  const wrong = await fetch(app.url(), { method: "POST" });
  assert.equal([wrong.status, wrong.headers.get("allow")], [405, "GET"]);
  const { code, tookMs } = await app.end("SIGINT");
  assert.is(code, 130);
  assert.ok(tookMs < 30_000, `a guard against hanging: it took ${tookMs} ms`);
});

test("app sends and receives, outlives its broker, works again after it, and SIGTERM ends it with 0", async () => {
  const app = await listening(...HASTY, "--bootstrap", lab.bootstrap.join(","));
  await until("the consumer has joined", () => app.count(/^Consumer: joined my-group$/) > 0);
  await getUntilReceived(app);
  for (const fault of ["stop", "kill", "pause"] as const) {
    const broken = await lab.cluster[fault](1);
    try {
      const failed = app.next(FAILED);
      await get(app);
      await failed;
    } catch (error) {
      throw new Error(`after ${fault}: ${(error as Error).message}`);
    } finally {
      await broken.heal();
    }
    await lab.cluster.waitFor("all alive");
    await sendsAgain(app, fault);
    await getUntilReceived(app);
    assert.is(app.child.exitCode, null, "the application ended");
  }
  const { code, tookMs } = await app.end("SIGTERM");
  assert.is(code, 0);
  assert.ok(tookMs < 30_000, `a guard against hanging: it took ${tookMs} ms`);
});

test("app that starts while its only broker hangs works once the broker goes on", async () => {
  const paused = await lab.cluster.pause(1);
  let app: App;
  try {
    app = await listening(...HASTY, "--bootstrap", lab.bootstrap.join(","), "--group", "starts-late");
    const failed = app.next(FAILED);
    await get(app);
    await failed;
  } finally {
    await paused.heal();
  }
  await lab.cluster.waitFor("all alive");
  await until("the consumer has joined", () => app.count(/^Consumer: joined starts-late$/) > 0);
  await sendsAgain(app, "the pause");
  await getUntilReceived(app);
  assert.is((await app.end("SIGTERM")).code, 0);
});

test("app starts a new consumer after a crash that kafkajs does not restart from", async () => {
  const settings = [...HASTY, "--bootstrap", lab.bootstrap.join(","), "--group", "of-one"];
  const first = await listening(...settings);
  await until("the first has joined", () => first.count(/^Consumer: joined of-one$/) > 0);
  const second = await listening(...settings);
  await until("the second was refused twice", () => second.count(/^Consumer: .*group.*trying again/i) >= 2);
  assert.is(second.count(/^Consumer: crashed, kafkajs restarts it/), 0, "this is a crash without restart");
  assert.is((await first.end("SIGTERM")).code, 0);
  await until("the second takes its place", () => second.count(/^Consumer: joined of-one$/) > 0);
  await getUntilReceived(second);
  assert.is((await second.end("SIGTERM")).code, 0);
});

test("app with acks 0, without a consumer, or idempotent, sends", async () => {
  for (const args of [
    ["--acks", "0", "--no-consumer"],
    ["--idempotent", "--no-consumer"],
  ]) {
    const app = await listening("--bootstrap", lab.bootstrap.join(","), ...args);
    await get(app);
    await until("the listener prints", () => app.count(LISTENED) > 0);
    assert.is(app.count(SENT), 1);
    const isUnknown = app.lines().some((line) => line.endsWith(", partition: -1, offset: -1"));
    assert.is(isUnknown, args.includes("0"), "acks 0 returns no offset, and only acks 0");
    assert.is(app.count(/^Consumer/), 0);
    assert.is((await app.end("SIGTERM")).code, 0);
  }
});

test.run();
