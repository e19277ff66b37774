// What the doctor concludes from what programs and files say: no program is run here.

import process from "node:process";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { MachineCheck } from "@kafka-failure-lab/sdk";
import { type Answer, ask } from "../../sdk/doctor/ask.ts";
import { imagesOf, readClient, readCompose, readDaemon, readImage } from "../../sdk/doctor/docker.ts";
import { concludeEngines } from "../../sdk/doctor/doctor.ts";
import { hasNetAdmin, readNetem } from "../../sdk/doctor/kernel.ts";
import { availableOf, clusters } from "../../sdk/doctor/room.ts";
import { runtimeOf } from "../../sdk/doctor/runtime.ts";

const test = suite("doctor");
const absent: Answer = { kind: "absent" };
const silent: Answer = { kind: "silent", afterMs: 1800 };
const said = (stdout: string, stderr = "", exitCode = stderr === "" ? 0 : 1): Answer => ({
  kind: "ended",
  exitCode,
  stdout,
  stderr,
});

const CLIENT = '{"Client":{"Version":"28.2.2"},"Server":null}';
const DENIED =
  "permission denied while trying to connect to the Docker daemon socket at " +
  "unix:///var/run/docker.sock: dial unix /var/run/docker.sock: connect: permission " +
  "denied";
const NONE =
  "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?";

for (const [what, answer, installed, state, found, remedy] of [
  [
    "a server",
    said('{"Client":{"Version":"28.2.2"},"Server":{"Version":"27.5.1"}}'),
    true,
    "ok",
    /server 27\.5\.1/,
    undefined,
  ],
  [
    "a socket that this user may not open",
    said(CLIENT, DENIED),
    true,
    "missing",
    /permission denied/,
    /usermod -aG docker/,
  ],
  [
    "no daemon, which is installed",
    said(CLIENT, NONE),
    true,
    "missing",
    /no daemon/,
    /systemctl start docker/,
  ],
  [
    "no daemon, which is not installed",
    said(CLIENT, NONE),
    false,
    "missing",
    /no daemon/,
    /apt-get install docker\.io/,
  ],
  ["a daemon that hangs", silent, true, "unknown", /within 1\.8 s/, undefined],
  ["no client", absent, false, "unknown", /no docker client/, undefined],
  ["words never heard", said("", "the moon is full"), true, "unknown", /the moon is full/, undefined],
] as const) {
  test(`readDaemon() tells ${what}`, () =>
    expect(readDaemon(answer, "linux", { isInstalled: installed }), state, found, remedy));
}
test("readDaemon() finds no use for a daemon on another machine", () => {
  const answer = said('{"Client":{"Version":"28.2.2"},"Server":{"Version":"29.4.1"}}');
  assert.is(
    readDaemon(answer, "linux", { isInstalled: true, host: "unix:///var/run/docker.sock" }).state,
    "ok",
  );
  const { state, found } = readDaemon(answer, "linux", { isInstalled: true, host: "ssh://me@elsewhere" });
  assert.equal(
    [state, found],
    ["missing", "server 29.4.1 answers at ssh://me@elsewhere, and publishes its ports there"],
  );
});
test("readDaemon() on macOS opens the application", () =>
  assert.is(readDaemon(said(CLIENT, NONE), "darwin", { isInstalled: false }).remedy, "open -a Docker"));

for (const [what, answer, platform, state, found, remedy] of [
  ["its version without a daemon", said(CLIENT, NONE), "linux", "ok", /docker 28\.2\.2/, undefined],
  [
    "a client that is not there, with apt's command",
    absent,
    "linux",
    "missing",
    /no docker/,
    /apt-get install docker\.io/,
  ],
  [
    "a client that is not there, with brew's command",
    absent,
    "darwin",
    "missing",
    /no docker/,
    /brew install --cask docker/,
  ],
  ["a client that says nothing", silent, "linux", "ok", /on the path/, undefined],
] as const) {
  test(`readClient() tells ${what}`, () => expect(readClient(answer, platform), state, found, remedy));
}

const UNKNOWN_COMMAND = said("", "docker: unknown command: docker compose");
for (const [what, v2, v1, state, found, remedy] of [
  ["v2 before v1", said("2.40.3"), said("1.29.2"), "ok", /docker compose 2\.40\.3/, undefined],
  [
    "v1 where there is no v2",
    UNKNOWN_COMMAND,
    said("1.29.2"),
    "ok",
    /docker-compose 1\.29\.2 \(v1\)/,
    undefined,
  ],
  [
    "v2 as a program of its own",
    UNKNOWN_COMMAND,
    said("v2.29.1"),
    "ok",
    /docker-compose 2\.29\.1$/,
    undefined,
  ],
  ["neither", UNKNOWN_COMMAND, absent, "missing", /neither/, /docker-compose-v2/],
  ["silence", silent, absent, "unknown", /no answer/, undefined],
] as const) {
  test(`readCompose() tells ${what}`, () => expect(readCompose(v2, v1, "linux"), state, found, remedy));
}

for (const [what, image, answer, state, found, remedy] of [
  [
    "an image that is here",
    "apache/kafka:3.9.2",
    said("sha256:0123456789abcdef0123456789abcdef"),
    "ok",
    /^sha256:0123456789ab$/,
    undefined,
  ],
  [
    "one to pull",
    "apache/kafka:3.9.2",
    said("[]", "Error: No such image: apache/kafka:3.9.2"),
    "missing",
    /not pulled/,
    /docker pull apache\/kafka:3\.9\.2/,
  ],
  [
    "the posted one, which nobody can pull",
    "docker.io/bitnami/kafka:3.9",
    said("[]", "Error: No such image: x"),
    "missing",
    /no longer pulls/,
    /LAB_BITNAMI_IMAGE=/,
  ],
  ["no daemon", "apache/kafka:3.9.2", undefined, "unknown", /no daemon/, undefined],
] as const) {
  test(`readImage() tells ${what}`, () => expect(readImage(image, answer), state, found, remedy));
}

for (const [what, answer, state, found, remedy] of [
  ["a kernel that has it", said(""), "ok", /works/, undefined],
  [
    "a kernel that lacks it",
    said("", "Error: Specified qdisc kind is unknown.", 2),
    "missing",
    /no netem/,
    /modprobe sch_netem/,
  ],
  [
    "an older kernel that lacks it",
    said("", "RTNETLINK answers: No such file or directory", 2),
    "missing",
    /no netem/,
    /modprobe sch_netem/,
  ],
  [
    "a user who may not try",
    said("", "unshare: unshare failed: Operation not permitted"),
    "unknown",
    /needs root/,
    /sudo/,
  ],
  [
    "a namespace in which tc may not",
    said("", "RTNETLINK answers: Operation not permitted", 2),
    "unknown",
    /needs root/,
    /sudo/,
  ],
  ["a machine without unshare", absent, "unknown", /no unshare/, /util-linux/],
] as const) {
  test(`readNetem() tells ${what}`, () => expect(readNetem(answer), state, found, remedy));
}

for (const [status, has] of [
  ["Name:\tnode\nCapEff:\t000001fffeffffff\n", true],
  ["CapEff:\t0000000000000000\n", false],
  ["CapEff:\t0000000000001000\n", true],
  ["CapEff:\t0000000000000fff\n", false],
  ["Name:\tnode\n", undefined],
] as const) {
  test(`hasNetAdmin() reads ${JSON.stringify(status)} as ${has}`, () => assert.is(hasNetAdmin(status), has));
}
test("availableOf() reads MemAvailable in bytes", () =>
  assert.is(availableOf("MemTotal:  100 kB\nMemAvailable:   2048 kB\n"), 2_097_152));

for (const [name, version, state] of [
  ["Node", "20.19.0", "ok"],
  ["Node", "22.1.0", "ok"],
  ["Node", "20.18.9", "missing"],
  ["Node", "18.20.0", "missing"],
  ["Deno", "2.0.0", "ok"],
  ["Deno", "1.46.3", "missing"],
] as const) {
  test(`runtimeOf() says that ${name} ${version} is ${state}`, () =>
    assert.is(runtimeOf(name, version).state, state));
}

test("clusters() are the files of whole clusters, and imagesOf() names each image once", () => {
  const found = clusters({});
  assert.equal(
    ["as-posted", "one-broker", "three-brokers"].filter((name) => !found.some((one) => one.name === name)),
    [],
  );
  assert.equal(
    found.filter(({ name }) => name.startsWith("fix-")),
    [],
  );
  const images = imagesOf(found.map(({ project }) => project));
  assert.equal([...new Set(images)], images);
  assert.ok(images.includes("docker.io/bitnami/kafka:3.9"));
});

const healthy: readonly [string, MachineCheck["state"]][] = [
  ["runtime", "ok"],
  ["Java", "ok"],
  ["source of Kafka", "ok"],
  ["Kafka 3.9.2", "ok"],
  ["Kafka 4.4.0", "ok"],
  ["disk, state", "ok"],
];
const checksOf = (changes: Readonly<Record<string, MachineCheck["state"]>>): MachineCheck[] =>
  [...new Map([...healthy, ...Object.entries(changes)])].map(([name, state]) => ({
    group: "local",
    name,
    state,
    found: "",
  }));

for (const [what, changes, works, why] of [
  ["all is well", {}, true, /without Docker/],
  ["Java is missing", { Java: "missing" }, false, /it lacks Java$/],
  ["Java cannot be told", { Java: "unknown" }, true, /without Docker/],
  [
    "no jars are here but Maven is",
    { "Kafka 3.9.2": "missing", "Kafka 4.4.0": "missing" },
    true,
    /without Docker/,
  ],
  [
    "one version is here and nothing to fetch the other with",
    { "source of Kafka": "missing", "Kafka 4.4.0": "missing" },
    true,
    /without Docker/,
  ],
  [
    "neither jars nor a way to get them",
    { "source of Kafka": "missing", "Kafka 3.9.2": "missing", "Kafka 4.4.0": "missing" },
    false,
    /a way to get them/,
  ],
  [
    "KAFKA_HOME stands in for all of that",
    { "source of Kafka": "missing", "Kafka 3.9.2": "missing", "Kafka 4.4.0": "missing", KAFKA_HOME: "ok" },
    true,
    /without Docker/,
  ],
  ["KAFKA_HOME holds no Kafka", { KAFKA_HOME: "missing" }, false, /KAFKA_HOME/],
  [
    "ports are taken, no daemon answers and there is no netem",
    { "ports, three-brokers": "missing", "docker daemon": "missing", sch_netem: "missing" },
    true,
    /without Docker/,
  ],
  [
    "the disk is full and the runtime old",
    { runtime: "missing", "disk, state": "missing" },
    false,
    /it lacks runtime, disk, state$/,
  ],
] as const) {
  test(`concludeEngines(): the local engine ${works ? "works" : "does not work"} where ${what}`, () => {
    const [local] = concludeEngines(checksOf(changes));
    assert.is(local!.works, works);
    assert.match(local!.why, why);
  });
}
for (const [what, changes, works, why] of [
  ["client, daemon and compose answer", {}, true, /in containers/],
  [
    "an image is not here, for it is pulled",
    { "image apache/kafka:3.9.2": "missing" },
    true,
    /in containers/,
  ],
  ["no daemon answers", { "docker daemon": "missing" }, false, /it lacks docker daemon$/],
  ["compose cannot be told", { "docker compose": "unknown" }, false, /it lacks docker compose$/],
] as const) {
  test(`concludeEngines(): the docker engine ${works ? "works" : "does not work"} where ${what}`, () => {
    const [, docker] = concludeEngines(
      checksOf({ "docker client": "ok", "docker daemon": "ok", "docker compose": "ok", ...changes }),
    );
    assert.is(docker!.works, works);
    assert.match(docker!.why, why);
  });
}

function expect(
  check: MachineCheck,
  state: MachineCheck["state"],
  found: RegExp,
  remedy: RegExp | undefined,
): void {
  assert.is(check.state, state, JSON.stringify(check));
  assert.match(check.found, found);
  if (remedy === undefined) assert.is(check.remedy, undefined);
  else assert.match(check.remedy ?? "", remedy);
}

test("ask() tells a program that is not there from one that cannot be started", async () => {
  const around = { env: process.env, timeoutMs: 5_000, signal: new AbortController().signal };
  assert.equal(await ask(["/nonexistent/docker"], around), { kind: "absent" });
  const file = fileURLToPath(import.meta.url); // no program
  const answer = await ask([file], around);
  assert.is(answer.kind, "ended");
  assert.equal([answer.kind === "ended" && answer.exitCode, readClient(answer, "linux").state], [null, "ok"]);
});

test.run();
