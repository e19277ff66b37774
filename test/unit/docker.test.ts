import { test } from "uvu";
import * as assert from "uvu/assert";
import { assertNames } from "./refusal.ts";
import { parse as parseYaml } from "yaml";
import { kafkaServices, parseCompose } from "../../sdk/compose/mod.ts";
import { readCompose } from "../../sdk/compose/read.ts";
import { projectOf } from "../../sdk/engine/docker/attach.ts";
import { parse } from "../../sdk/engine/docker/events.ts";
import { failureOf } from "../../sdk/engine/docker/failures.ts";
import { type ContainerFacts, parseInspect } from "../../sdk/engine/docker/inspect.ts";
import { placeNodes } from "../../sdk/engine/docker/nodes.ts";
import { imagesOf, labelsOverride, quickStart } from "../../sdk/engine/docker/overrides.ts";
import { isGone, ownerOf, readOwner, writeOwner } from "../../sdk/engine/docker/owner.ts";

for (const [stderr, code] of [
  [
    "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
    "NO_ENGINE",
  ],
  [
    "permission denied while trying to connect to the Docker daemon socket at " +
      "unix:///var/run/docker.sock: dial unix /var/run/docker.sock: connect: permission " +
      "denied",
    "NO_ENGINE",
  ],
  [
    "Error response from daemon: driver failed programming external connectivity on " +
      "endpoint x-kafka-1-1: Bind for 127.0.0.1:29091 failed: port is already allocated",
    "PORT_TAKEN",
  ],
  ["Error starting userland proxy: listen tcp4 127.0.0.1:29091: bind: address already in use", "PORT_TAKEN"],
  [
    "Error response from daemon: Ports are not available: exposing port TCP " +
      "127.0.0.1:29091 -> 0.0.0.0:0: listen tcp 127.0.0.1:29091: bind: Only one usage of " +
      "each socket address",
    "PORT_TAKEN",
  ],
  [
    'Error response from daemon: Conflict. The container name "/kafka" is already in use ' +
      'by container "4f0c".',
    "PROJECT_TAKEN",
  ],
  [
    "Error response from daemon: pull access denied for apache/nothing, repository does " +
      "not exist or may require 'docker login'",
    "NO_IMAGE",
  ],
  [
    "Error response from daemon: manifest for bitnami/kafka:3.9 not found: manifest " +
      "unknown: manifest unknown",
    "NO_IMAGE",
  ],
  [
    'Error response from daemon: Get "https://registry.example/v2/": dial tcp: lookup ' +
      "registry.example: no such host",
    "NO_IMAGE",
  ],
  ["write /var/lib/docker/tmp/x: no space left on device", "DISK_FULL"],
  ["validating compose.yml: services.kafka additional properties 'no_such_key' not allowed", "BAD_COMPOSE"],
  [
    "The Compose file './compose.yml' is invalid because:\nUnsupported config option for " +
      "services.kafka: 'no_such_key'",
    "BAD_COMPOSE",
  ],
  ["Error response from daemon: No such container: 123", "COMMAND_FAILED"],
] as const) {
  test(`failureOf() takes "${stderr.slice(0, 60)}" for ${code}`, () => {
    const error = failureOf("do it", {
      command: "docker x",
      exitCode: 1,
      stderr: `some progress\n${stderr}\n`,
      tookMs: 5,
    });
    assert.is(error.code, code);
    assert.ok(error.message.includes("do it"), error.message);
    assert.ok(stderr.endsWith(error.facts.stderr!), error.facts.stderr);
  });
}

test("parse() reads what docker events writes, and nothing of other lines", () => {
  const line =
    '{"status":"die","id":"abc","from":"apache/kafka:3.9.2","Type":"container",' +
    '"Action":"die","Actor":{"ID":"abc","Attributes":{"exitCode":"143","image":"x"}},' +
    '"scope":"local","time":1700000000,"timeNano":1700000000123456789}';
  // biome-ignore lint/correctness/noPrecisionLoss: as JSON.parse reads it
  assert.equal(parse(line), { id: "abc", action: "die", exitCode: 143, timeNano: 1700000000123456789 });
  assert.equal(parse('{"Action":"kill","Actor":{"ID":"abc","Attributes":{"signal":"15"}},"timeNano":1}'), {
    id: "abc",
    action: "kill",
    timeNano: 1,
  });
  for (const other of ["", "not json", '{"Action":"exec_start: sh","Actor":{"ID":"abc"}}', "{}"])
    assert.is(parse(other), undefined);
});

test("an owner is read as it was written; what others wrote is not one", () => {
  const owner = ownerOf("a1b2", false);
  assert.equal(readOwner(writeOwner(owner)), owner);
  for (const other of ["", "mine", "a/b/c/d/e/f", "lab/notapid/1/end/host"])
    assert.is(readOwner(other), undefined);
});
test("isGone() is said neither of the living, nor of another machine's, nor of what is to be kept", () => {
  const mine = ownerOf("a1b2", false);
  const dead = { ...mine, start: "0" };
  assert.equal(
    [
      isGone(mine),
      isGone(dead),
      isGone({ ...dead, host: "elsewhere" }),
      isGone({ ...dead, host: `4711@${mine.host.split("@")[1]}`, keep: true }, { kept: true }),
      isGone({ ...dead, keep: true }),
      isGone({ ...dead, keep: true }, { kept: true }),
    ],
    [false, true, false, false, false, true],
  );
});

const posted = readCompose([new URL("../../compose/as-posted.yml", import.meta.url).pathname], {
  env: {},
  cwd: "/",
});
const three = readCompose([new URL("../../compose/three-brokers.yml", import.meta.url).pathname], {
  env: {},
  cwd: "/",
});

test("labelsOverride() labels services, networks and volumes, and leaves external ones alone", () => {
  const project = parseCompose([
    {
      file: "x.yml",
      text:
        "version: '3'\nservices:\n  kafka:\n    image: apache/kafka:3.9.2\nvolumes:\n  data:\n" +
        "  shared: { external: true }\nnetworks:\n  back: {}\n  outer: { external: true }\n",
    },
  ]);
  assert.equal(
    parseYaml(labelsOverride({ project, owner: "me", images: new Map([["kafka", "apache/kafka:4.4.0"]]) })),
    {
      services: { kafka: { labels: { "kafka-failure-lab": "me" }, image: "apache/kafka:4.4.0" } },
      networks: {
        default: { labels: { "kafka-failure-lab": "me" } },
        back: { labels: { "kafka-failure-lab": "me" } },
      },
      volumes: { data: { labels: { "kafka-failure-lab": "me" } } },
    },
  );
});
test("labelsOverride() repeats a network's and a volume's definition for compose v1", () => {
  const project = parseCompose([
    {
      file: "x.yml",
      text:
        "services:\n  kafka:\n    image: apache/kafka:3.9.2\nvolumes:\n  data: { driver: " +
        "local, labels: [a=b] }\nnetworks:\n  default: { driver: bridge }\n",
    },
  ]);
  const { networks, volumes } = parseYaml(
    labelsOverride({ project, owner: "me", images: new Map(), merges: false }),
  ) as Record<string, unknown>;
  assert.equal(
    [networks, volumes],
    [
      { default: { driver: "bridge", labels: { "kafka-failure-lab": "me" } } },
      { data: { driver: "local", labels: { a: "b", "kafka-failure-lab": "me" } } },
    ],
  );
});
test("quickStart() is for apache's images, and not where the file sets such options", () => {
  assert.equal([...quickStart(three).keys()], ["kafka-1", "kafka-2", "kafka-3"]);
  assert.is(quickStart(posted).size, 0);
  const own = parseCompose([
    {
      file: "x.yml",
      text:
        "services:\n  kafka:\n    image: apache/kafka:3.9.2\n    environment: { " +
        "KAFKA_JVM_PERFORMANCE_OPTS: -server }\n",
    },
  ]);
  assert.is(quickStart(own).size, 0);
});
test("imagesOf() keeps the repository and takes the version as its tag", () => {
  assert.equal(
    [...imagesOf(three, "4")],
    [
      ["kafka-1", "apache/kafka:4.4.0"],
      ["kafka-2", "apache/kafka:4.4.0"],
      ["kafka-3", "apache/kafka:4.4.0"],
    ],
  );
  assert.equal(
    [...imagesOf(posted, "4").values()],
    ["docker.io/bitnami/kafka:4", "docker.io/bitnami/kafka:4"],
  );
  assert.is(imagesOf(three, undefined).size, 0);
});

const ports = (...pairs: [number, number][]) =>
  pairs.map(([published, target]) => ({ hostIp: "127.0.0.1", published, target, protocol: "tcp" as const }));
test("placeNodes() finds the published listener and the controller's address", () => {
  const containers = [1, 2, 3].map((n) => ({
    service: `kafka-${n}`,
    ports: ports([29090 + n, 9092]),
    addresses: [`172.18.0.${n}`],
  }));
  const { nodes, addresses, notes } = placeNodes(kafkaServices(three), containers);
  assert.equal(
    nodes.map(({ broker, client, controller }) => [broker, client, controller]),
    [
      [1, "localhost:29091", "172.18.0.1:9093"],
      [2, "localhost:29092", "172.18.0.2:9093"],
      [3, "localhost:29093", "172.18.0.3:9093"],
    ],
  );
  assert.equal(
    [addresses.get("localhost:29092"), addresses.get("127.0.0.1:29092"), addresses.get("kafka-2:19092")],
    ["kafka-2", "kafka-2", "kafka-2"],
  );
  assert.equal(notes, []);
});
test("placeNodes() says where clients are told of another address than this machine's", () => {
  const containers = [
    { service: "kafka", ports: ports([19092, 9092]), addresses: [] },
    { service: "kafka2", ports: [], addresses: [] },
  ];
  const { nodes, notes } = placeNodes(kafkaServices(posted), containers);
  assert.equal(
    nodes.map(({ client }) => client),
    ["localhost:19092", null],
  );
  assert.is(notes.length, 2, notes.join("\n"));
  assertNames(notes[0]!, ["kafka", "localhost:9092", "localhost:19092"]);
  assertNames(notes[1]!, ["kafka2", "port"]);
});

const INSPECTED = JSON.stringify(
  [2, 1].map((n) => ({
    Id: `id${n}`,
    Name: `/shop-kafka-${n}-1`,
    State: {
      Status: n === 2 ? "exited" : "running",
      ExitCode: n === 2 ? 143 : 0,
      StartedAt: "2026-01-01T00:00:00.123456789Z",
      Pid: n === 2 ? 0 : 77,
    },
    Config: {
      Image: "apache/kafka:3.9.2",
      Hostname: `h${n}`,
      Labels: { "com.docker.compose.service": `kafka-${n}` },
      Env: ["PATH=/bin", `KAFKA_NODE_ID=${n}`, "KAFKA_PROCESS_ROLES=broker,controller", "KAFKA_OPTS=-Da=b"],
    },
    NetworkSettings: {
      Ports: n === 2 ? {} : { "9092/tcp": [{ HostIp: "127.0.0.1", HostPort: "29091" }], "9093/tcp": null },
      Networks: { shop_default: { IPAddress: n === 2 ? "" : "172.18.0.2", Aliases: [`kafka-${n}`] } },
    },
    HostConfig: { PortBindings: { "9092/tcp": [{ HostIp: "127.0.0.1", HostPort: String(29090 + n) }] } },
  })),
);
test("parseInspect() reads state, environment, ports and names, also of a stopped container", () => {
  const [one, two] = parseInspect(INSPECTED);
  assert.equal(
    [one!.service, one!.state, one!.pid, one!.environment["KAFKA_OPTS"], one!.addresses],
    ["kafka-1", "running", 77, "-Da=b", ["172.18.0.2"]],
  );
  assert.equal(
    [two!.service, two!.state, two!.exitCode, two!.ports.map(({ published }) => published)],
    ["kafka-2", "stopped", 143, [29092]],
  );
});
test("projectOf() describes containers as a compose file would, without tools that have ended", () => {
  const facts = parseInspect(INSPECTED);
  const tool: ContainerFacts = { ...facts[1]!, service: "create-topics", environment: {} };
  assert.equal(
    kafkaServices(projectOf("shop", [...facts, tool])).map(({ broker, service, nodeId }) => [
      broker,
      service,
      nodeId,
    ]),
    [
      [1, "kafka-1", 1],
      [2, "kafka-2", 2],
    ],
  );
});
test.run();
