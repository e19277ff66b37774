// What the docker engine costs beside the bare docker command, and how long a cluster in containers takes to
// its first write, part by part.
//
// Each action is done by the lab and by the command in turn, on the same container. Each boot by the lab is
// followed by one with plain `docker compose up` on the same file and a client that polls until its first
// write on a topic with three replicas.

import { readFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { type Lab, LabError, startLab } from "@kafka-failure-lab/sdk";
import { catchInterrupts, type Cli, findCli } from "@kafka-failure-lab/sdk/testing";
import { firstWrite } from "./boot.ts";
import { containerOf } from "./container.ts";
import { faults } from "./faults.ts";
import { type Figure, figure, pairwise, type PartOptions } from "./figure.ts";

const FILE = fileURLToPath(new URL("../compose/three-brokers.yml", import.meta.url));
const PROJECT = `bench-lab-${process.pid}`;
const BOOTSTRAP = ["localhost:29091", "localhost:29092", "localhost:29093"];

/** Measures actions and boots; without Docker says so, and measures nothing. */
export async function docker({ runs = 5, folder, say }: PartOptions): Promise<Figure[]> {
  const cli = await findCli({ env: process.env }).catch((error: unknown) => {
    if (!(error instanceof LabError)) throw error;
    say(`docker: left out: ${error.message.split("\n", 1)[0]}`);
  });
  if (cli === undefined) return [];
  return [
    ...(await actions(cli, runs, folder, say)),
    ...(await faults(cli, runs, folder, say)),
    ...(await boots(cli, runs, folder, say)),
  ];
}

const ACTIONS = ["pause", "unpause", "kill", "start", "stop"] as const;
type Which = (typeof ACTIONS)[number];

async function actions(cli: Cli, runs: number, folder: string, say: PartOptions["say"]): Promise<Figure[]> {
  await using lab = await startLab({
    engine: "docker",
    scenario: "bench-docker",
    project: PROJECT,
    runs: folder,
    compose: ["one-broker"],
    timers: "fast",
    onProgress: false,
  });
  const id = await containerOf(cli, PROJECT);
  const by = {
    lab: verbs(lab),
    bare: Object.fromEntries(ACTIONS.map((which) => [which, () => cli.docker(which, [which, id])])) as Record<
      Which,
      () => Promise<unknown>
    >,
  };
  const took = { lab: empty(), bare: empty() };
  for (let round = 1; round <= runs; round++) {
    for (const who of round % 2 === 0 ? (["bare", "lab"] as const) : (["lab", "bare"] as const)) {
      for (const which of ["pause", "unpause", "kill", "start", "stop", "start"] as const) {
        const began = performance.now();
        await by[who][which]();
        took[who][which].push(performance.now() - began);
        if (which === "start") await lab.cluster.waitFor("all alive");
      }
    }
    say(`docker actions, ${round} of ${runs}`);
  }
  return ACTIONS.flatMap((which) => [
    figure(`docker: ${which}, bare command`, "ms", took.bare[which]),
    figure(`docker: ${which}, lab / bare command`, "ratio", pairwise(took.lab[which], took.bare[which]), [
      { statistic: "median", atMost: 1.2 },
    ]),
  ]);
}

const empty = (): Record<Which, number[]> => ({ pause: [], unpause: [], kill: [], start: [], stop: [] });

function verbs({ cluster }: Lab): Record<Which, () => Promise<unknown>> {
  let paused: Awaited<ReturnType<Lab["cluster"]["pause"]>>;
  return {
    pause: async () => (paused = await cluster.pause(1)),
    unpause: () => paused.heal(),
    kill: () => cluster.kill(1),
    start: () => cluster.start(1, { timeout: 0 }),
    stop: () => cluster.stop(1),
  };
}

interface Parts {
  total: number;
  containers: number;
  /**
   * From a container's start to the first line of Kafka's own log: the image's entry point, which formats.
   */
  format: number;
  brokers: number;
  topic: number;
}

async function boots(cli: Cli, runs: number, folder: string, say: PartOptions["say"]): Promise<Figure[]> {
  const lab: Parts[] = [];
  const plain: number[] = [];
  for (let round = 1; round <= runs; round++) {
    lab.push(await bootLab(cli, folder));
    plain.push(await bootPlain(cli));
    say(
      `docker boot ${round} of ${runs}: lab ${lab.at(-1)!.total.toFixed(2)} s, plain compose ` +
        `${plain.at(-1)!.toFixed(2)} s`,
    );
  }
  const part = (what: string, of: (one: Parts) => number): Figure =>
    figure(`docker boot: ${what}`, "s", lab.map(of));
  return [
    figure("docker boot: plain compose up and a client that polls", "s", plain),
    part("lab, from the call to the first acks=all write", ({ total }) => total),
    figure(
      "docker boot: lab / plain",
      "ratio",
      pairwise(
        lab.map(({ total }) => total),
        plain,
      ),
      [{ statistic: "median", atMost: 1 }],
    ),
    part("of it until the containers run", ({ containers }) => containers),
    part("of it in the entry point, which formats (the slowest broker)", ({ format }) => format),
    part("of it until all brokers are alive", ({ brokers }) => brokers),
    part("of it for the topic and the first write", ({ topic }) => topic),
  ];
}

async function bootLab(cli: Cli, folder: string): Promise<Parts> {
  const began = performance.now();
  await using lab = await startLab({
    engine: "docker",
    scenario: "bench-docker-boot",
    project: PROJECT,
    runs: folder,
    onProgress: false,
  });
  const sent = await lab.probe.send();
  const total = (performance.now() - began) / 1000;
  if (sent.outcome !== "ok")
    throw new Error(`the first send was not acknowledged: ${sent.error ?? sent.outcome}`);
  const at = (text: string): number =>
    (lab.run.history.find((event) => event.kind === "note" && event.text === text)?.atMs ?? NaN) / 1000;
  const [ran, alive] = [at("the nodes run"), at("the brokers are alive")];
  const started = await startTimes(cli);
  const formats = lab.engine.nodes.map(
    ({ service }) => (javaBegins(path.join(lab.run.dir, `${service}.log`)) - started.get(service)!) / 1000,
  );
  return { total, containers: ran, format: Math.max(...formats), brokers: alive - ran, topic: total - alive };
}

/** By service, in milliseconds since 1970. */
async function startTimes(cli: Cli): Promise<Map<string, number>> {
  const { stdout } = await cli.docker("find the containers", [
    "ps",
    "--quiet",
    "--filter",
    `label=com.docker.compose.project=${PROJECT}`,
  ]);
  const inspected = await cli.docker("inspect the containers", [
    "inspect",
    "--format",
    '{{index .Config.Labels "com.docker.compose.service"}} {{.State.StartedAt}}',
    ...stdout.trim().split("\n"),
  ]);
  return new Map(
    inspected.stdout
      .trim()
      .split("\n")
      .map((line) => [line.split(" ")[0]!, Date.parse(line.split(" ")[1]!)]),
  );
}

/** The broker's own Java begins with this line; containers write UTC. */
function javaBegins(file: string): number {
  const line =
    readFileSync(file, "utf8")
      .split("\n")
      .find((text) => /Registered `?kafka:type=kafka.Log4jController/.test(text)) ?? "";
  const [, day, time, ms] = /^\[(\S+) ([\d:]+),(\d+)\]/.exec(line) ?? [];
  return Date.parse(`${day}T${time}.${ms}Z`);
}

async function bootPlain(cli: Cli): Promise<number> {
  const name = `bench-plain-${process.pid}`;
  const files = ["--project-name", name, "--file", FILE];
  const down = async (): Promise<void> =>
    void (await cli.compose("end the plain cluster", [...files, "down", "--volumes", "--timeout", "0"]));
  const letGo = catchInterrupts(down, () => {});
  const began = performance.now();
  try {
    await cli.compose("start the plain cluster", [...files, "up", "--detach"]);
    await firstWrite(BOOTSTRAP);
    return (performance.now() - began) / 1000;
  } finally {
    letGo();
    await down();
  }
}
