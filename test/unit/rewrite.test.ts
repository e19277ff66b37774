import { test } from "uvu";
import * as assert from "uvu/assert";
import { refusal } from "./refusal.ts";
import {
  type DescribedNode,
  moveToLoopback,
  type PortPair,
  wantedPorts,
} from "../../sdk/engine/local/rewrite.ts";

const VOTERS = "0@kafka:9093,1@kafka2:9093";
const posted: DescribedNode[] = [
  ["kafka", 9092],
  ["kafka2", 9093],
].map(
  ([service, published]): DescribedNode => ({
    service: String(service),
    hostNames: [String(service)],
    ports: [{ published: Number(published), target: 9092 }],
    properties: {
      listeners: `PLAINTEXT://${service}:9092,CONTROLLER://${service}:9093`,
      "advertised.listeners": `PLAINTEXT://localhost:${published}`,
      "controller.listener.names": "CONTROLLER",
      "inter.broker.listener.name": "PLAINTEXT",
      "controller.quorum.voters": VOTERS,
    },
  }),
);
const ports: Record<string, number> = {
  "kafka:9092": 9092,
  "kafka:9093": 20001,
  "kafka2:9092": 9093,
  "kafka2:9093": 20002,
};
const placeOf = (service: string, port: number): PortPair | undefined => placed(ports[`${service}:${port}`]);
const placed = (link: number | undefined): PortPair | undefined =>
  link === undefined ? undefined : { link, own: link + 1000 };
const here = { hostName: "box", manyLoopbacks: true };

test("wantedPorts() prefers the port that is published", () => {
  assert.equal(wantedPorts(posted), [
    { service: "kafka", port: 9092, preferred: 9092 },
    { service: "kafka", port: 9093, preferred: null },
    { service: "kafka2", port: 9092, preferred: 9093 },
    { service: "kafka2", port: 9093, preferred: null },
  ]);
});

test("moveToLoopback() moves the posted cluster and keeps what clients dial", () => {
  const [one, two] = moveToLoopback(posted, placeOf, here);
  assert.equal(one!.properties, {
    listeners: "PLAINTEXT://127.0.0.1:10092,CONTROLLER://127.0.0.1:21001",
    "advertised.listeners": "PLAINTEXT://localhost:9092,CONTROLLER://kafka:20001",
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "PLAINTEXT",
    "controller.quorum.voters": "0@kafka:20001,1@kafka2:20002",
  });
  assert.is(two!.properties["advertised.listeners"], "PLAINTEXT://localhost:9093,CONTROLLER://kafka2:20002");
  assert.equal([one!.client, two!.client], ["localhost:9092", "localhost:9093"]);
  assert.equal([one!.controller, two!.controller], ["127.0.0.1:21001", "127.0.0.1:21002"]);
  assert.equal([one!.observed, two!.observed], ["127.0.0.1:10092", "127.0.0.1:10093"]);
});

test("moveToLoopback() gives each broker a localhost of its own, and says so", () => {
  const [one, two] = moveToLoopback(posted, placeOf, here);
  assert.is(one!.hosts, "127.0.0.101 localhost\n127.0.0.1 box\n127.0.0.151 kafka\n127.0.0.151 kafka2\n");
  assert.is(two!.hosts.split("\n")[0], "127.0.0.102 localhost");
  assert.match(one!.differs.join(), /connection refused/);
});

test("moveToLoopback() leaves localhost alone where there is one broker: it may dial itself", () => {
  const [only] = moveToLoopback(
    [{ ...posted[0]!, properties: { ...posted[0]!.properties, "controller.quorum.voters": "0@kafka:9093" } }],
    placeOf,
    here,
  );
  assert.is(only!.hosts.split("\n")[0], "127.0.0.1 localhost");
  assert.equal(only!.differs, []);
});

test("moveToLoopback() says which published port was taken", () => {
  const [one] = moveToLoopback(
    posted,
    (service, port) => (service === "kafka" && port === 9092 ? placed(23456) : placeOf(service, port)),
    here,
  );
  assert.is(one!.client, "localhost:23456");
  assert.match(
    one!.differs.join("\n"),
    /kafka: port 9092 is taken on this machine, clients use 23456 instead/,
  );
});

test("moveToLoopback() refuses a published port that leads to no listener, and passes no undefined on", () => {
  const past = posted.map((node) => ({
    ...node,
    ports: node.ports.map((one) => ({ ...one, target: 9000 })),
  }));
  assert.throws(
    () => moveToLoopback(past, placeOf, here),
    refusal("BAD_COMPOSE", {}, "kafka", "localhost:9092", "9000"),
  );
});

test("moveToLoopback() gives brokers the moved port of listeners advertised by service name", () => {
  const fixed = posted.map(
    (node): DescribedNode => ({
      ...node,
      properties: {
        ...node.properties,
        listeners: `INTERNAL://${node.service}:19092,${node.properties["listeners"]}`,
        "advertised.listeners": `INTERNAL://${node.service}:19092,${node.properties["advertised.listeners"]}`,
        "inter.broker.listener.name": "INTERNAL",
      },
    }),
  );
  const [one] = moveToLoopback(
    fixed,
    (service, port) =>
      port === 19092 ? placed(service === "kafka" ? 22001 : 22002) : placeOf(service, port),
    here,
  );
  assert.is(
    one!.properties["advertised.listeners"],
    "INTERNAL://kafka:22001,PLAINTEXT://localhost:9092,CONTROLLER://kafka:20001",
  );
  assert.is(one!.client, "localhost:9092");
  assert.equal(one!.differs, []);
});

test("moveToLoopback() puts a link in front of every listener, with a door for each node that dials", () => {
  const [one] = moveToLoopback(posted, placeOf, here);
  assert.equal(one!.links, [
    {
      node: "kafka",
      kind: "data",
      listeners: [
        { dialer: "", host: "127.0.0.1", port: 9092 },
        { dialer: "kafka", host: "127.0.0.151", port: 9092 },
        { dialer: "kafka2", host: "127.0.0.152", port: 9092 },
      ],
      to: 10092,
    },
    {
      node: "kafka",
      kind: "controller",
      listeners: [
        { dialer: "", host: "127.0.0.1", port: 20001 },
        { dialer: "kafka", host: "127.0.0.151", port: 20001 },
        { dialer: "kafka2", host: "127.0.0.152", port: 20001 },
      ],
      to: 21001,
    },
  ]);
  const [alone] = moveToLoopback(posted, placeOf, { ...here, manyLoopbacks: false });
  assert.equal(alone!.links[0]!.listeners, [{ dialer: "", host: "127.0.0.1", port: 9092 }]);
  assert.match(alone!.differs.join("\n"), /a single loopback address/);
  assert.is(alone!.hosts, "127.0.0.101 localhost\n127.0.0.1 box\n127.0.0.1 kafka\n127.0.0.1 kafka2\n");
});

test("moveToLoopback() refuses a voter whose host nobody has", () => {
  const wrong = posted.map(
    (node): DescribedNode => ({
      ...node,
      properties: { ...node.properties, "controller.quorum.voters": "0@kafka:9093,1@kafka3:9093" },
    }),
  );
  assert.throws(() => moveToLoopback(wrong, placeOf, here), refusal("BAD_COMPOSE", "kafka3:9093"));
});
test("moveToLoopback() refuses a listener that is not NAME://host:port", () => {
  const wrong = posted.map(
    (node): DescribedNode => ({ ...node, properties: { ...node.properties, listeners: "PLAINTEXT:9092" } }),
  );
  assert.throws(
    () => moveToLoopback(wrong, placeOf, here),
    (error: { code: string }) => error.code === "BAD_COMPOSE",
  );
});
test.run();
