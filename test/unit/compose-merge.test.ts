import { test } from "uvu";
import * as assert from "uvu/assert";
import { refusal } from "./refusal.ts";
import { parseCompose } from "../../sdk/compose/mod.ts";
import type { ComposeService } from "../../sdk/compose/mod.ts";

/** Each text is what one file says of service `a`, in YAML's flow style. */
function merged(...texts: string[]): ComposeService {
  const sources = texts.map((text, i) => ({ file: `${i}.yml`, text: `services:\n  a: ${text}\n` }));
  const service = parseCompose(sources, { env: { C: "c", B: "from outside" } }).services[0];
  if (service === undefined) throw new Error("no service");
  return service;
}

const cases: [title: string, texts: string[], expected: Partial<ComposeService>][] = [
  ["a scalar is replaced", ["{image: i}", "{image: j, hostname: h}"], { image: "j", hostname: "h" }],
  ["an empty scalar replaces nothing", ["{image: i}", "{image: }"], { image: "i" }],
  [
    "environment: list over list",
    ["{environment: [A=1, B=2]}", "{environment: [B=3]}"],
    { environment: { A: "1", B: "3" } },
  ],
  [
    "environment: map over list",
    ["{environment: [A=1, B=2]}", "{environment: {B: 3, D: true}}"],
    { environment: { A: "1", B: "3", D: "true" } },
  ],
  [
    "environment: list over map",
    ["{environment: {A: 1, B: 2}}", "{environment: [A=b=c, D=]}"],
    { environment: { A: "b=c", B: "2", D: "" } },
  ],
  [
    "environment: a name alone passes through",
    ["{environment: [A=1, C]}"],
    { environment: { A: "1", C: "c" } },
  ],
  [
    "environment: a name alone replaces",
    ["{environment: {A: 1, B: 2}}", "{environment: [A, B]}"],
    { environment: { B: "from outside" } },
  ],
  [
    "environment: nothing keeps everything",
    ["{environment: {A: 1}}", "{environment: }"],
    { environment: { A: "1" } },
  ],
  [
    "environment: !override",
    ["{environment: {A: 1}}", "{environment: !override {B: 2}}"],
    { environment: { B: "2" } },
  ],
  [
    "environment: !reset of a variable",
    ["{environment: {A: 1, B: 2}}", "{environment: {A: !reset null}}"],
    { environment: { B: "2" } },
  ],
  [
    "ports are a union",
    ["{ports: ['1:1', '2:2']}", "{ports: ['2:2', '127.0.0.1:1:1', '2:2/udp']}"],
    {
      ports: [
        { hostIp: null, published: 1, target: 1, protocol: "tcp" },
        { hostIp: null, published: 2, target: 2, protocol: "tcp" },
        { hostIp: "127.0.0.1", published: 1, target: 1, protocol: "tcp" },
        { hostIp: null, published: 2, target: 2, protocol: "udp" },
      ],
    },
  ],
  [
    "ports: !override",
    ["{ports: ['1:1']}", "{ports: !override ['2:2']}"],
    { ports: [{ hostIp: null, published: 2, target: 2, protocol: "tcp" }] },
  ],
  ["ports: !reset", ["{ports: ['1:1']}", "{ports: !reset []}"], { ports: [] }],
  ["ports: !reset null", ["{ports: ['1:1']}", "{ports: !reset null}"], { ports: [] }],
  [
    "volumes merge by target",
    [
      "{volumes: ['va:/data', './x:/x:ro']}",
      "{volumes: ['vb:/data', {type: bind, source: ./y, target: /x}, /anonymous]}",
    ],
    {
      mounts: [
        { kind: "volume", source: "vb", target: "/data", readOnly: false },
        { kind: "bind", source: "./y", target: "/x", readOnly: false },
        { kind: "volume", source: null, target: "/anonymous", readOnly: false },
      ],
    },
  ],
  [
    "cap_add is a union",
    ["{cap_add: [NET_ADMIN]}", "{cap_add: [NET_ADMIN, SYS_TIME]}"],
    { capAdd: ["NET_ADMIN", "SYS_TIME"] },
  ],
  ["networks: list under map", ["{networks: [n]}", "{networks: {n: {aliases: [m]}}}"], { aliases: ["m"] }],
  [
    "tags in the first file",
    ["{ports: !reset ['1:1'], environment: !override {A: 1}}"],
    { ports: [], environment: { A: "1" } },
  ],
];

for (const [title, texts, expected] of cases) {
  test(`parseCompose() merges: ${title}`, () => {
    const service = merged(...texts);
    for (const [key, value] of Object.entries(expected))
      assert.equal(service[key as keyof ComposeService], value, key);
  });
}

const whole: [key: string, texts: string[], value: unknown][] = [
  ["command", ["{command: [a, b]}", "{command: c}"], "c"],
  ["entrypoint", ["{entrypoint: [a]}", "{entrypoint: [b]}"], ["b"]],
  [
    "healthcheck",
    ["{healthcheck: {test: [A], retries: 1}}", "{healthcheck: {test: [B]}}"],
    { test: ["B"], retries: 1 },
  ],
  ["labels", ["{labels: [x=1]}", "{labels: {y: 2}}"], { x: "1", y: 2 }],
  [
    "depends_on",
    ["{depends_on: [b]}", "{depends_on: {b: {condition: service_started}}}"],
    { b: { condition: "service_started" } },
  ],
  [
    "env_file",
    ["{env_file: {path: one, required: false}}", "{env_file: [{path: two, required: false}]}"],
    [
      { path: "one", required: false },
      { path: "two", required: false },
    ],
  ],
];

for (const [key, texts, value] of whole) {
  test(`parseCompose() merges ${key}`, () =>
    assert.equal(merged(...texts).keys.find((given) => given.key === key)?.value, value));
}

test("parseCompose() keeps file order, and later files add at the end", () => {
  const sources = [
    { file: "0.yml", text: "services: {z: {image: i}, b: {image: i}}" },
    { file: "1.yml", text: "services: {a: {image: i}, z: {hostname: h}}" },
  ];
  assert.equal(
    parseCompose(sources).services.map(({ service }) => service),
    ["z", "b", "a"],
  );
});

test("parseCompose() !reset takes a service away", () => {
  const sources = [
    { file: "0.yml", text: "services: {a: {image: i}, b: {image: i}}" },
    { file: "1.yml", text: "services: {b: !reset null}" },
  ];
  assert.equal(
    parseCompose(sources).services.map(({ service }) => service),
    ["a"],
  );
});

test("parseCompose() !override after extends overrides the earlier files too", () => {
  const sources = [
    { file: "0.yml", text: "services: {a: {image: i, environment: {A: 1}}}" },
    {
      file: "1.yml",
      text:
        "services: {base: {image: i, environment: {C: 1}}, a: {extends: base, environment: " +
        "!override {B: 2}}}",
    },
  ];
  assert.equal(parseCompose(sources).services[0]?.environment, { B: "2" });
});

const mismatches: [texts: string[], ...names: string[]][] = [
  [["{ports: ['1:1']}", "{ports: {a: b}}"], "services.a.ports", "0.yml:2"],
  [["{environment: [A=1]}", "{environment: text}"], "mapping"],
  [["{environment: [A=1]}", "{environment: [[A]]}"], "NAME=value"],
];

for (const [texts, ...names] of mismatches) {
  test(`parseCompose() refuses to merge ${texts.join(" with ")}`, () => {
    const refused = refusal("BAD_COMPOSE", { file: "1.yml", line: 2 }, ...names);
    assert.throws(() => merged(...texts), refused);
  });
}

test.run();
