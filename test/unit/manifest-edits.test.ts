// Edits of manifests change what they are for, and nothing else: comments, anchors, quotes, line breaks and
// the other documents stay.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { applyEdits, type FixEdit } from "../../sdk/analysis/diagnose/mod.ts";

type Edit = Partial<FixEdit> & Pick<FixEdit, "action">;

const ENV = ["spec", "containers", 0, "env"];
const at = (line: number, path: FixEdit["path"], edit: object): Edit => ({ line, path, ...edit }) as Edit;
const set = (line: number, path: FixEdit["path"], key: string, value: string): Edit =>
  at(line, path, { action: "set", key, value });

function edited(file: string, text: string, edit: Edit): ReturnType<typeof applyEdits> {
  return applyEdits([{ file, text }], [{ file, column: 1, service: null, ...edit } as FixEdit]);
}

const POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: k}\nspec:\n  containers:\n";
const SECOND = "---\n# second\n";
const BOTH = `# first\n${POD}  - name: k\n    env:\n    - name: A # a\n      value: 'x' # why\n${SECOND}`;
const STRIMZI = "apiVersion: kafka.strimzi.io/v1\nkind: Kafka\nmetadata: {name: k}\nspec:\n  kafka:\n";
const MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n";
const LIST = {
  apiVersion: "v1",
  kind: "List",
  items: ["a", "b"].map((name) => ({ apiVersion: "v1", kind: "Service", metadata: { name }, spec: {} })),
};
const JSON_LIST = JSON.stringify(LIST, undefined, 2);

const CASES: readonly (readonly [what: string, file: string, before: string, edit: Edit, after: string])[] = [
  [
    "a variable keeps its quotes and its comments",
    "a.yaml",
    BOTH + POD,
    set(9, ENV, "A", "y"),
    `${BOTH.replace("'x'", "'y'")}${POD}`,
  ],
  [
    "a number is a text to a variable",
    "a.yaml",
    `${POD}  - env: [{ name: A, value: 1 }]\n`,
    set(6, ENV, "A", "1"),
    `${POD}  - env: [{ name: A, value: "1" }]\n`,
  ],
  [
    "a variable is added below the last one, with the line breaks of the file",
    "a.yaml",
    `${POD}  - env:\n    - {name: A, value: x}\n    image: i # pinned\n`.replaceAll("\n", "\r\n"),
    set(6, ENV, "B", "true"),
    (
      `${POD}  - env:\n    - {name: A, value: x}\n    - name: B\n      value: "true"\n` +
      "    image: i # pinned\n"
    ).replaceAll("\n", "\r\n"),
  ],
  [
    "a container without variables gets them",
    "a.yaml",
    `${POD}    - name: k\n      image: i\n    # end\n`,
    set(6, ENV, "B", "b,c"),
    `${POD}    - name: k\n      image: i\n      env:\n        - name: B\n          value: "b,c"\n    # end\n`,
  ],
  [
    "variables behind an alias change at their anchor",
    "a.yaml",
    `x: &env [{ name: A, value: "1" }]\n${POD}  - name: k\n    env: *env\n`,
    set(3, ENV, "A", "2"),
    `x: &env [{ name: A, value: "2" }]\n${POD}  - name: k\n    env: *env\n`,
  ],
  [
    "a removed variable takes its lines with it",
    "a.yaml",
    `${POD}  - env:\n    - name: A\n      value: x\n    - name: B\n      value: y\n`,
    at(6, ENV, { action: "remove", key: "A" }),
    `${POD}  - env:\n    - name: B\n      value: y\n`,
  ],
  [
    "a renamed variable keeps its value",
    "a.yaml",
    `${POD}  - env:\n    - name: "A"\n      value: x\n`,
    at(6, ENV, { action: "rename", key: "A", to: "B" }),
    `${POD}  - env:\n    - name: B\n      value: x\n`,
  ],
  [
    "a truth value has no quotes",
    "a.yaml",
    `${POD}  - name: k\n  enableServiceLinks: true # links\n`,
    set(2, ["spec"], "enableServiceLinks", "false"),
    `${POD}  - name: k\n  enableServiceLinks: false # links\n`,
  ],
  [
    "mappings that are not there are made",
    "a.yaml",
    `${POD}  - name: k\n    image: i\n`,
    set(2, ["spec", "containers", 0, "startupProbe", "tcpSocket"], "port", "9092"),
    `${POD}  - name: k\n    image: i\n    startupProbe:\n      tcpSocket:\n        port: 9092\n`,
  ],
  [
    "an empty mapping in braces",
    "a.yaml",
    `${STRIMZI}    config: {}\n`,
    set(6, ["spec", "kafka", "config"], "min.insync.replicas", "2"),
    `${STRIMZI}    config: {min.insync.replicas: 2}\n`,
  ],
  [
    "a key without a value",
    "a.yaml",
    `${STRIMZI}    config: # none\n    version: 4.0.0\n`,
    set(6, ["spec", "kafka", "config"], "min.insync.replicas", "2"),
    `${STRIMZI}    config: # none\n      min.insync.replicas: 2\n    version: 4.0.0\n`,
  ],
  [
    "a setting of Strimzi's keeps its comment under another name",
    "a.yaml",
    `${STRIMZI}    config:\n      auto.create.topic.enable: false # no\n`,
    at(7, ["spec", "kafka", "config"], {
      action: "rename",
      key: "auto.create.topic.enable",
      to: "auto.create.topics.enable",
    }),
    `${STRIMZI}    config:\n      auto.create.topics.enable: false # no\n`,
  ],
  [
    "only the second resource of a List in JSON",
    "a.json",
    JSON_LIST,
    set(17, ["spec"], "publishNotReadyAddresses", "true"),
    JSON_LIST.replace(/"spec": \{\}(?=\s*\}\s*\]\s*\}$)/, '"spec": {"publishNotReadyAddresses": true}'),
  ],
  [
    "a property of a file in a ConfigMap",
    "a.yaml",
    `${MAP}  server.properties: |-\n    # a node\n    a = 1\n\n    b=2\n  other: x\n`,
    { action: "set", key: "a", value: "3", line: 7 } as Edit,
    `${MAP}  server.properties: |-\n    # a node\n    a = 3\n\n    b=2\n  other: x\n`,
  ],
  [
    "a property is added at the end of its file",
    "a.yaml",
    `${MAP}  server.properties: |\n    a=1\n\n  # end\n  other: x\n`,
    { action: "set", key: "b", value: "2", line: 6 } as Edit,
    `${MAP}  server.properties: |\n    a=1\n    b=2\n\n  # end\n  other: x\n`,
  ],
  [
    "a key of Spring's in a ConfigMap",
    "a.yaml",
    `${MAP}  application.yml: |\n    spring: # s\n      kafka:\n        producer:\n          acks: 1 # one\n`,
    { action: "set", key: "spring.kafka.producer.acks", value: "all", line: 9, column: 7 } as Edit,
    `${MAP}  application.yml: |\n    spring: # s\n      kafka:\n        producer:\n` +
      "          acks: all # one\n",
  ],
];

for (const [what, file, before, edit, expected] of CASES)
  test(what, () => {
    const { files, skipped } = edited(file, before, edit);
    assert.equal(skipped, []);
    assert.is(files[0]?.text, expected);
    if (edit.action !== "set") return;
    assert.equal(edited(file, expected, edit).files, [], "an edit that is made again changes nothing");
  });

for (const [what, text, edit] of [
  [
    "a variable that is taken from elsewhere",
    `${POD}  - env: [{ name: A, valueFrom: { secretKeyRef: { name: s, key: k } } }]\n`,
    set(6, ENV, "A", "1"),
  ],
  ["a container that there is not", `${POD}  - name: k\n`, set(6, ["spec", "containers", 1], "image", "i")],
  ["a line in no file of a ConfigMap", `${MAP}  a: b\n`, { action: "set", key: "a", value: "b", line: 5 }],
  [
    "a file whose block says how far it is indented",
    `${MAP}  server.properties: |2\n      a=1\n`,
    { action: "set", key: "a", value: "2", line: 6 },
  ],
  ["one of two resources in a line", JSON.stringify(LIST), set(1, ["spec"], "a", "b")],
] as const)
  test(`an edit of ${what} is not made`, () => {
    const { files, skipped } = edited("a.yaml", text, edit as Edit);
    assert.equal([files, skipped.length], [[], 1]);
  });
test.run();
