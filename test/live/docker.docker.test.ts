// What only the docker engine can get wrong: somebody else's containers, a daemon that is not there, names
// and ports that are taken.

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { attachLab, type LabError, startLab } from "@kafka-failure-lab/sdk";
import { containerIds, docker, leftovers, program, until } from "./outside.ts";

const test = suite("docker engine");
const folder = mkdtempSync(path.join(os.tmpdir(), "lab-docker-test-"));
const common = { scenario: "test-docker", runs: path.join(folder, "runs"), onProgress: false } as const;
const options = { ...common, compose: ["one-broker"], timers: "fast" } as const;
const compose = fileURLToPath(new URL("../../compose/", import.meta.url));
test.after(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, text: string): string => {
  const where = path.join(folder, name);
  writeFileSync(where, text);
  return where;
};

/** Runs with other environment variables, for this process and what it starts. */
async function withEnv<T>(changes: Record<string, string>, what: () => Promise<T>): Promise<T> {
  const before = Object.keys(changes).map((key) => [key, process.env[key]] as const);
  Object.assign(process.env, changes);
  try {
    return await what();
  } finally {
    for (const [key, value] of before)
      if (value === undefined) delete process.env[key];
      else process.env[key] = value;
  }
}

const failure = (what: Promise<unknown>): Promise<LabError> =>
  what.then(
    () => assert.unreachable("it did not fail") as never,
    (error: LabError) => error,
  );

async function refused(
  code: string,
  message: RegExp,
  what: () => Promise<unknown>,
  env: Record<string, string> = {},
): Promise<void> {
  const error = await withEnv(env, () => failure(what()));
  assert.is(error.code, code, String(error));
  assert.match(error.message, message);
  assert.ok(error.facts.hint, "without a remedy");
  assert.equal(leftovers(process.pid), []);
}

/** A folder with a `docker` of its own in front of the path. */
function pathWith(name: string, script: string): { PATH: string } {
  const bin = path.join(folder, name);
  mkdirSync(bin);
  writeFileSync(path.join(bin, "docker"), `#!/bin/sh\n${script}\n`);
  chmodSync(path.join(bin, "docker"), 0o755);
  return { PATH: `${bin}${path.delimiter}${process.env["PATH"]}` };
}

for (const [what, code, message, make] of [
  [
    "a file without Kafka",
    "BAD_COMPOSE",
    /no service of the compose file is one/,
    () => file("web.yml", "services:\n  web:\n    image: nginx\n"),
  ],
  ["what is no YAML", "BAD_COMPOSE", /broken\.yml/, () => file("broken.yml", "services:\n  kafka: [\n")],
  [
    "what compose does not accept",
    "BAD_COMPOSE",
    /compose does not accept the file/,
    () =>
      file(
        "odd.yml",
        readFileSync(path.join(compose, "one-broker.yml"), "utf8").replace(
          "    cap_add",
          "    no_such_key: 1\n    cap_add",
        ),
      ),
  ],
] as const) {
  test(`startLab() refuses ${what} with ${code}`, () =>
    refused(code, message, () => startLab({ ...options, compose: [make()] })));
}
test("startLab() refuses an image that is neither here nor can be pulled with NO_IMAGE", () =>
  refused("NO_IMAGE", /apache\/kafka:0\.0/, () => startLab({ ...options, kafka: "0.0" })));
test("startLab() without a daemon is refused with NO_ENGINE", () =>
  refused("NO_ENGINE", /no Docker daemon answers/, () => startLab(options), {
    DOCKER_HOST: `unix://${folder}/nothing.sock`,
  }));
test("startLab() with a daemon on another machine is refused with UNSUPPORTED", () =>
  refused("UNSUPPORTED", /not this machine's/, () => startLab(options), {
    DOCKER_HOST: "ssh://me@elsewhere",
  }));
test("startLab() without compose is refused with NO_COMPOSE", () =>
  refused("NO_COMPOSE", /neither docker compose/, () => startLab(options), { LAB_COMPOSE: "none" }));
test("startLab() with a daemon that may not be reached is refused with NO_ENGINE", () =>
  refused(
    "NO_ENGINE",
    /may not open the Docker daemon's socket/,
    () => startLab(options),
    pathWith(
      "denied",
      "echo 'permission denied while trying to connect to the Docker daemon socket at " +
        "unix:///var/run/docker.sock' >&2; exit 1",
    ),
  ));

test("startLab() with a port that is taken is refused with PORT_TAKEN", async () => {
  const server = net.createServer().listen(29091, "127.0.0.1");
  await once(server, "listening");
  await refused("PORT_TAKEN", /taken/, () => startLab(options)).finally(() => server.close());
});

test("startLab() on a project name that is taken is refused with PROJECT_TAKEN, and the containers stay", async () => {
  const name = `lab-taken-${process.pid}`;
  docker(
    "run",
    "--detach",
    "--name",
    name,
    "--label",
    `com.docker.compose.project=${name}`,
    "--label",
    "com.docker.compose.oneoff=False",
    "--entrypoint",
    "sleep",
    "apache/kafka:3.9.2",
    "600",
  );
  try {
    await refused("PROJECT_TAKEN", /has a container already/, () => startLab({ ...options, project: name }));
    assert.is(docker("inspect", "--format", "{{.State.Status}}", name).trim(), "running");
  } finally {
    docker("rm", "--force", "--volumes", name);
  }
});

test("`auto` takes docker where it answers, else the local engine, and says why", async () => {
  {
    await using inDocker = await withEnv({ LAB_ENGINE: "" }, () => startLab(options));
    assert.is(inDocker.engine.kind, "docker");
    assert.ok(
      inDocker.differs.some((line) => /^docker engine\b/.test(line)),
      inDocker.differs.join("\n"),
    );
  }
  const noDaemon = { LAB_ENGINE: "", DOCKER_HOST: `unix://${folder}/nothing.sock` };
  await using local = await withEnv(noDaemon, () => startLab(options));
  assert.is(local.engine.kind, "local");
  assert.ok(
    local.differs.some((line) => /^local engine\b.*daemon/.test(line)),
    local.differs.join("\n"),
  );
});

test("a container has the file's environment and what was asked for on top, and its log is in the run's folder", async () => {
  await using lab = await startLab({ ...options, properties: { "num.io.threads": "3" } });
  const [container] = containerIds(process.pid);
  const env = docker("inspect", "--format", "{{json .Config.Env}}", container!);
  for (const one of ["KAFKA_NUM_IO_THREADS=3", "KAFKA_BROKER_SESSION_TIMEOUT_MS=1500", "KAFKA_NODE_ID=1"])
    assert.ok(env.includes(`"${one}"`), one);
  assert.is(lab.engine.kafka, "3.9.2");
  await until(
    "its log is followed",
    () =>
      existsSync(path.join(lab.run.dir, "kafka-1.log")) &&
      /num\.io\.threads = 3/.test(readFileSync(path.join(lab.run.dir, "kafka-1.log"), "utf8")),
  );
});

test("what others do to a container is seen: the lab says that it ended, and start() brings it back", async () => {
  await using lab = await startLab(options);
  const [container] = containerIds(process.pid);
  docker("stop", container!);
  await until(
    "the lab knows that the broker is stopped",
    async () => (await lab.cluster.describe()).brokers[0]!.state === "stopped",
  );
  assert.ok(lab.run.history.some((event) => event.kind === "note" && /^kafka-1 .*exit 143/.test(event.text)));
  await lab.cluster.start(1);
  assert.is((await lab.probe.send()).outcome, "ok");
});

test("a lost event stream is taken up again", async () => {
  await using lab = await startLab(options);
  const streams = (): number[] =>
    execFileSync("ps", ["-axww", "-o", "pid=,ppid=,args="], { encoding: "utf8" })
      .split("\n")
      .flatMap((line) =>
        /docker events/.test(line) && Number(line.trim().split(/\s+/)[1]) === process.pid
          ? [Number(line.trim().split(/\s+/)[0])]
          : [],
      );
  const [first] = streams();
  process.kill(first!, "SIGKILL");
  await until("another stream", () => streams().some((pid) => pid !== first));
  docker("kill", containerIds(process.pid)[0]!);
  await until(
    "the lab hears of a kill by others",
    async () => (await lab.cluster.describe()).brokers[0]!.state === "stopped",
  );
});

test("a node that ends at once is told of with its own last words, and not waited for", async () => {
  const began = performance.now();
  await refused("BAD_COMPOSE", /principal\.builder\.class/, () =>
    startLab({ ...options, timeout: "10m", properties: { "principal.builder.class": "no.such.Builder" } }),
  );
  assert.ok(performance.now() - began < 300_000, "it waited for its timeout of 10 minutes");
});

/** A cluster that somebody else has started. */
async function others<T>(what: (name: string, container: () => string) => Promise<T>): Promise<T> {
  const name = `lab-others-${process.pid}`;
  const v2 = ((): string[] => {
    try {
      docker("compose", "version");
      return ["docker", "compose"];
    } catch {
      return ["docker-compose"];
    }
  })();
  const run = (...args: string[]): string =>
    execFileSync(v2[0]!, [...v2.slice(1), "-p", name, "-f", path.join(compose, "one-broker.yml"), ...args], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  run("up", "--detach");
  try {
    return await what(name, () =>
      docker(
        "inspect",
        "--format",
        "{{.Id}} {{.State.Status}}",
        docker("ps", "--all", "--quiet", "--filter", `label=com.docker.compose.project=${name}`).trim(),
      ).trim(),
    );
  } finally {
    run("down", "--volumes", "--timeout", "0");
  }
}

test("attachLab() breaks and heals what runs already, and at the end leaves it running", async () => {
  await others(async (name, container) => {
    const lab = await attachLab({ ...common, project: name });
    assert.equal([lab.engine.kind, lab.bootstrap], ["docker", ["localhost:29091"]]);
    assert.is((await lab.probe.send()).outcome, "ok");
    const before = container();
    const fault = await lab.cluster.kill(1);
    assert.equal([fault.exits[1]!.code, fault.via], [137, "docker kill"]);
    assert.match(container(), /exited$/);
    await lab.close();
    assert.is(container(), before);
  });
});

test("an attached owner that is SIGKILLed leaves no fault behind, and the containers", async () => {
  await others(async (name, container) => {
    const before = container();
    const child = spawn(
      ...program(fileURLToPath(new URL("./owner.ts", import.meta.url)), "pause", "attach", name),
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
    await until(
      "the owner has frozen the broker",
      () => said.includes("at pause") && container().endsWith("paused"),
      30_000,
    );
    child.kill("SIGKILL");
    await until("it is thawed", () => container() === before);
  });
});

test("an attached owner that is SIGKILLed in the middle of a stop leaves the broker running", async () => {
  await others(async (name, container) => {
    const [before, began] = [container(), startedAt(name)];
    const child = spawn(
      ...program(fileURLToPath(new URL("./owner.ts", import.meta.url)), "stop", "attach", name),
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
    await until("the owner stops the broker", () => said.includes("at stop"), 180_000);
    child.kill("SIGKILL");
    await until("the broker was restarted", () => container() === before && startedAt(name) !== began);
  });
});
const startedAt = (project: string): string =>
  docker(
    "inspect",
    "--format",
    "{{.State.StartedAt}}",
    docker("ps", "--all", "--quiet", "--filter", `label=com.docker.compose.project=${project}`).trim(),
  ).trim();

test("attachLab() to what does not run is refused with NO_SUCH_PROJECT", () =>
  refused("NO_SUCH_PROJECT", /no container belongs to it/, () =>
    attachLab({ ...common, project: "no-such-project" }),
  ));

test.run();
