import { test } from "uvu";
import * as assert from "uvu/assert";
import type { ErrorCode } from "../../sdk/model/errors.ts";
import { assertNames, refusal } from "./refusal.ts";
import { parseCompose } from "../../sdk/compose/mod.ts";
import type { Mount, PublishedPort } from "../../sdk/compose/mod.ts";

const one = (text: string, env = {}) => parseCompose([{ file: "c.yml", text }], { env });
const port = (
  hostIp: string | null,
  published: number | null,
  target: number,
  protocol: "tcp" | "udp" = "tcp",
): PublishedPort => ({ hostIp, published, target, protocol });
const mount = (kind: Mount["kind"], source: string | null, target: string, readOnly = false): Mount => ({
  kind,
  source,
  target,
  readOnly,
});

const ports: [text: string, expected: PublishedPort[]][] = [
  ["9092", [port(null, null, 9092)]],
  ["'9092'", [port(null, null, 9092)]],
  ["9092:9093", [port(null, 9092, 9093)]],
  ["127.0.0.1:9092:9093", [port("127.0.0.1", 9092, 9093)]],
  ["127.0.0.1::9093", [port("127.0.0.1", null, 9093)]],
  ["'[::1]:9092:9093'", [port("::1", 9092, 9093)]],
  ["9092:9093/udp", [port(null, 9092, 9093, "udp")]],
  ["1-2:3-4", [port(null, 1, 3), port(null, 2, 4)]],
  ["3-4", [port(null, null, 3), port(null, null, 4)]],
  ["{target: 9093}", [port(null, null, 9093)]],
  [
    "{target: 9093, published: '9092', host_ip: 127.0.0.1, protocol: udp, mode: host}",
    [port("127.0.0.1", 9092, 9093, "udp")],
  ],
  ["{target: 9093, published: 9092}", [port(null, 9092, 9093)]],
];

for (const [text, expected] of ports) {
  test(`parseCompose() ports ${text}`, () =>
    assert.equal(one(`services: {a: {image: i, ports: [${text}]}}`).services[0]?.ports, expected));
}

const mounts: [text: string, expected: Mount][] = [
  ["volumes: ['data:/d']", mount("volume", "data", "/d")],
  ["volumes: ['data:/d:ro,z']", mount("volume", "data", "/d", true)],
  ["volumes: [/d]", mount("volume", null, "/d")],
  ["volumes: ['./x:/d']", mount("bind", "./x", "/d")],
  ["volumes: ['/x:/d']", mount("bind", "/x", "/d")],
  ["volumes: ['~/x:/d']", mount("bind", "~/x", "/d")],
  ["volumes: ['C:\\x:/d']", mount("bind", "C:\\x", "/d")],
  [
    "volumes: [{type: volume, source: data, target: /d, read_only: true}]",
    mount("volume", "data", "/d", true),
  ],
  ["volumes: [{type: tmpfs, target: /d}]", mount("tmpfs", null, "/d")],
  ["volumes: [{type: image, source: x, target: /d}]", mount("other", "x", "/d")],
  ["tmpfs: '/d:size=1m'", mount("tmpfs", null, "/d")],
];

for (const [text, expected] of mounts) {
  test(`parseCompose() ${text}`, () =>
    assert.equal(one(`services: {a: {image: i, ${text}}}`).services[0]?.mounts, [expected]));
}

test("parseCompose() values as docker compose shows them", () => {
  const text =
    "services: {a: {image: i, environment: {A: 0755, B: 1e3, C: 0x1F, E: yes, H: '', I: " +
    "12345678901234567890, J: .5, L: 1.50, M: -1, N: False}}}";
  const expected = {
    A: "493",
    B: "1000",
    C: "31",
    E: "yes",
    H: "",
    I: "12345678901234567890",
    J: "0.5",
    L: "1.5",
    M: "-1",
    N: "false",
  };
  assert.equal(one(text).services[0]?.environment, expected);
});

test("parseCompose() anchors, aliases and merge keys: the own key wins, then the first of a list", () => {
  const text = [
    "x-e: &e {A: 1, B: 2, D: 6}",
    "x-f: &f {B: 4, C: 5, D: 7}",
    "x-s: &s {image: i, cap_add: [NET_ADMIN]}",
    "services:",
    "  a:",
    "    <<: *s",
    "    environment:",
    "      B: 3",
    "      <<: [*e, *f]",
    "  b: {image: j, environment: *e}",
  ].join("\n");
  const [a, b] = one(text).services;
  assert.equal(a?.environment, { A: "1", B: "3", C: "5", D: "6" });
  assert.equal(a?.capAdd, ["NET_ADMIN"]);
  assert.equal(b?.environment, { A: "1", B: "2", D: "6" });
});

test("parseCompose() extends within the file, over two steps", () => {
  const text = [
    "services:",
    "  base: {image: i, environment: [A=1, B=2], ports: ['1:1']}",
    "  a: {extends: {service: base}, environment: {B: 3}, ports: ['2:2']}",
    "  b: {extends: a, image: j}",
  ].join("\n");
  const b = one(text).services[2];
  assert.is(b?.image, "j");
  assert.equal(b?.environment, { A: "1", B: "3" });
  assert.equal(b?.ports, [port(null, 1, 1), port(null, 2, 2)]);
});

test("parseCompose() several documents in one file are merged in order", () => {
  assert.equal(
    one("services: {a: {image: i, environment: {A: 1}}}\n---\nservices: {a: {environment: {A: 2}}}\n")
      .services[0]?.environment,
    { A: "2" },
  );
});

test("parseCompose() leaves out services of profiles that are not asked for, and says so", () => {
  const text = "services: {a: {image: i}, b: {image: i, profiles: [dev]}}";
  assert.equal(
    one(text).services.map(({ service }) => service),
    ["a"],
  );
  assert.is(one(text).notes.length, 1);
  assertNames(one(text).notes[0]!, ["b", "COMPOSE_PROFILES"]);
  assert.equal(
    one(text, { COMPOSE_PROFILES: "x, dev" }).services.map(({ service }) => service),
    ["a", "b"],
  );
  assert.is(one(text, { COMPOSE_PROFILES: "*" }).services.length, 2);
});

test("parseCompose() environment beats env_file, a later file an earlier, a bare name both", () => {
  const files: Record<string, string> = { "one.env": "A=1\nB=1\nC=1\n", "two.env": "B=2\nD=$B\n" };
  const text =
    "services: {a: {image: i, env_file: [one.env, two.env, {path: none.env, required: " +
    "false}], environment: {C: 3, A: }}}";
  const project = parseCompose([{ file: "c.yml", text }], { readFile: (path) => files[path] });
  assert.equal(project.services[0]?.environment, { B: "2", C: "3", D: "2" });
});

test("parseCompose() freezes everything", () => {
  const project = one("services: {a: {image: i, environment: {A: 1}, ports: ['1:1']}}");
  assert.ok(
    Object.isFrozen(project.services[0]?.environment) && Object.isFrozen(project.services[0]?.ports[0]),
  );
});

/** The line of c.yml, or null for the file as a whole; then what the message names. */
const bad: [text: string, code: ErrorCode, line: number | null, ...names: string[]][] = [
  ["", "BAD_COMPOSE", null, "services"],
  ["volumes: {}\n", "BAD_COMPOSE", null, "services"],
  ["services: {}\n", "BAD_COMPOSE", null, "services"],
  ["- a\n", "BAD_COMPOSE", 1],
  ["services:\n  a: {image: i\n", "BAD_COMPOSE", 3],
  ["services:\n  a:\n    image: i\n    image: j\n", "BAD_COMPOSE", 4],
  ["services:\n  a: text\n", "BAD_COMPOSE", 2, "service a"],
  ["services:\n  a:\n    <<: 5\n", "BAD_COMPOSE", 3, "<<"],
  ["services:\n  a:\n    image: *x\n", "BAD_COMPOSE", 3],
  ["services:\n  a: &a\n    environment: *a\n", "BAD_COMPOSE", 3, "*a"],
  ["services:\n  a:\n    image: [i]\n", "BAD_COMPOSE", 3, "image"],
  ["services:\n  a:\n    image: i\n    environment:\n      A: [1]\n", "BAD_COMPOSE", 5, "environment.A"],
  ["services:\n  a:\n    ports:\n      - 1:1\n      - x:1\n", "BAD_COMPOSE", 5, '"x:1"'],
  ["services:\n  a:\n    ports: ['99999:1']\n", "BAD_COMPOSE", 3, "99999", "65535"],
  ["services:\n  a:\n    ports: ['4-3']\n", "BAD_COMPOSE", 3, "range"],
  ["services:\n  a:\n    ports: ['1-2:1']\n", "UNSUPPORTED", 3, "1-2:1"],
  ["services:\n  a:\n    ports: [{published: 1}]\n", "BAD_COMPOSE", 3, "target"],
  ["services:\n  a:\n    volumes: ['a:b:c:d']\n", "BAD_COMPOSE", 3, '"a:b:c:d"'],
  ["services:\n  a:\n    volumes: [{type: bind}]\n", "BAD_COMPOSE", 3, "target"],
  ["services:\n  a:\n    env_file: x.env\n", "BAD_COMPOSE", 3, "env_file x.env"],
  ["services:\n  a:\n    extends: {file: o.yml, service: b}\n", "UNSUPPORTED", 3, "extends"],
  ["services:\n  a:\n    extends: b\n", "BAD_COMPOSE", 3, "extends", "b"],
  ["services:\n  a:\n    extends: b\n  b:\n    extends: a\n", "BAD_COMPOSE", 3, "a extends b extends a"],
  ["include: [o.yml]\nservices:\n  a:\n    image: i\n", "UNSUPPORTED", 1],
];

for (const [text, code, line, ...names] of bad)
  test(`parseCompose() refuses ${JSON.stringify(text)}`, () =>
    assert.throws(() => one(text), refusal(code, { file: "c.yml", line: line ?? undefined }, ...names)));

test.run();
