// Edits change what they are for, and nothing else: comments, order, anchors, quotes and line breaks stay.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { applyEdits, type FixEdit } from "../../sdk/analysis/diagnose/mod.ts";

type Edit = Partial<FixEdit> & Pick<FixEdit, "action">;

/** An edit for the service `k`, or for none in a file that has no services. */
function made(file: string, edit: Edit): FixEdit {
  const service = /compose/.test(file) ? "k" : null;
  return { file, line: 1, column: 1, service, ...edit } as unknown as FixEdit;
}

function after(file: string, text: string, ...edits: readonly Edit[]): string {
  const { files, skipped } = applyEdits(
    [{ file, text }],
    edits.map((edit) => made(file, edit)),
  );
  assert.equal(skipped, []);
  return files[0]?.text ?? text;
}

const set = (key: string, value: string, more: object = {}): Edit =>
  ({ action: "set", key, value, ...more }) as Edit;

/** What an edit makes of a text: a case is one line of a table. */
const CASES: readonly (readonly [what: string, file: string, before: string, edit: Edit, after: string])[] = [
  [
    "a value keeps its quotes and its comment",
    "compose.yml",
    "services:\n  k:\n    environment:\n      A: 'x'  # why\n      B: 1\n",
    set("A", "y"),
    "services:\n  k:\n    environment:\n      A: 'y'  # why\n      B: 1\n",
  ],
  [
    "a default stays a default",
    "compose.yml",
    'services: {k: {environment: {A: "${A:-1}"}}}\n',
    set("A", "2"),
    'services: {k: {environment: {A: "${A:-2}"}}}\n',
  ],
  [
    "a variable is added below the last one, before a comment",
    "compose.yml",
    "services:\r\n  k:\r\n    environment:\r\n      A: 1 # one\r\n    # end\r\n    image: i\r\n",
    set("B", "true"),
    "services:\r\n  k:\r\n    environment:\r\n      A: 1 # one\r\n" +
      '      B: "true"\r\n    # end\r\n    image: i\r\n',
  ],
  [
    "a dollar sign is not a variable",
    "compose.yml",
    "services:\n  k:\n    environment:\n      - A=1\n",
    set("A", "$x"),
    'services:\n  k:\n    environment:\n      - "A=$$x"\n',
  ],
  [
    "a list of variables stays one",
    "compose.yml",
    'services:\n  k:\n    environment: ["A=1"]\n',
    set("B", "a,b"),
    'services:\n  k:\n    environment: ["A=1", "B=a,b"]\n',
  ],
  [
    "a service without an environment gets one",
    "compose.yml",
    "services:\n    k:\n        image: i\n",
    set("A", "1"),
    "services:\n    k:\n        image: i\n        environment:\n          A: 1\n",
  ],
  [
    "what all have by an anchor changes there",
    "compose.yml",
    "x: &x # all\n  A: 1\nservices:\n  k: {environment: *x}\n  l: {environment: *x}\n",
    set("A", "2", { line: 2 }),
    "x: &x # all\n  A: 2\nservices:\n  k: {environment: *x}\n  l: {environment: *x}\n",
  ],
  [
    "what is one service's own overrides the anchor's",
    "compose.yml",
    "x: &x\n  A: 1\nservices:\n  k:\n    environment: *x # mine\n  l:\n    environment: *x\n",
    set("A", "2", { line: 2, isOwn: true }),
    "x: &x\n  A: 1\nservices:\n  k:\n    environment:\n      <<: *x\n" +
      "      A: 2 # mine\n  l:\n    environment: *x\n",
  ],
  [
    "a merged environment is extended in the service that merges it",
    "compose.yml",
    "services:\n  l: &l\n    environment: &e\n      A: 1\n" + "  k:\n    <<: *l\n",
    set("A", "2", { line: 4, isOwn: true }),
    "services:\n  l: &l\n    environment: &e\n      A: 1\n" +
      "  k:\n    <<: *l\n    environment:\n      <<: *e\n      A: 2\n",
  ],
  [
    "a removed variable takes its line with it",
    "compose.yml",
    "services:\n  k:\n    environment:\n      A: 1 # gone\n      B: 2 # stays\n",
    { action: "remove", key: "A", line: 4 } as Edit,
    "services:\n  k:\n    environment:\n      B: 2 # stays\n",
  ],
  [
    "a removed variable of a flow mapping takes its comma with it",
    "compose.yml",
    "services: {k: {environment: {A: 1, B: 2}}}\n",
    { action: "remove", key: "B" } as Edit,
    "services: {k: {environment: {A: 1}}}\n",
  ],
  [
    "a renamed variable keeps its value",
    "compose.yml",
    "services:\n  k:\n    environment:\n      - 'A=${X}' # x\n",
    { action: "rename", key: "A", to: "B", line: 4 } as Edit,
    "services:\n  k:\n    environment:\n      - 'B=${X}' # x\n",
  ],
  [
    "a volume is mounted and declared",
    "compose.yml",
    "services:\n  k:\n    volumes:\n    - a:/a # a\nvolumes:\n  a: # declared\n",
    { action: "add-volume", volume: "b", target: "/b" } as Edit,
    'services:\n  k:\n    volumes:\n    - a:/a # a\n    - "b:/b"\nvolumes:\n  a: # declared\n  b:\n',
  ],
  [
    "a volume of a service that has a list by a merge: with that list's",
    "compose.yml",
    "services:\n  l: &l\n    volumes: [a:/a]\n  k:\n    <<: *l\n    image: i\nvolumes: {a: {}}\n",
    { action: "add-volume", volume: "b", target: "/b" } as Edit,
    "services:\n  l: &l\n    volumes: [a:/a]\n  k:\n    <<: *l\n    image: i\n    volumes:\n      - a:/a\n" +
      '      - "b:/b"\nvolumes: {a: {}, b: {}}\n',
  ],
  [
    "a port leads elsewhere; others stay",
    "compose.yml",
    'services:\n  k:\n    ports:\n      - "1:1" # one\n      - 2:2\n',
    { action: "publish-port", published: 1, target: 9 } as Edit,
    'services:\n  k:\n    ports:\n      - "1:9" # one\n      - 2:2\n',
  ],
  [
    "an image keeps the variable that replaces it",
    "compose.yml",
    "services:\n  k:\n    image: ${I:-a/b:1} # pinned\n",
    { action: "set-image", image: "a/b:2" } as Edit,
    "services:\n  k:\n    image: ${I:-a/b:2} # pinned\n",
  ],
  [
    "a property keeps its separator, and its continued lines go",
    "a.properties",
    "# all\n  acks :  1\\\n   2\nb = 2\n",
    set("acks", "all", { line: 2 }),
    "# all\n  acks :  all\nb = 2\n",
  ],
  [
    "a property is added on a line of its own",
    "a.properties",
    "a=1\r\nb=2",
    set("c.d", "x\\y"),
    "a=1\r\nb=2\r\nc.d=x\\\\y\r\n",
  ],
  [
    "a property of one of several documents is added there",
    "application.properties",
    "a=1\n#---\nb=2\n",
    set("c", "3"),
    "a=1\nc=3\n#---\nb=2\n",
  ],
  [
    "a property's line breaks are escaped, each of them",
    "a.properties",
    "a=1\n",
    set("c", "x\ry\nz\fw=1"),
    "a=1\nc=x\\ry\\nz\\fw=1\n",
  ],
  ["an env file has no escapes", "broker.env", "export A=1 # x\n", set("A", "a\\b"), "export A=a\\b\n"],
  [
    "Spring's key is added where its section is",
    "application.yml",
    "spring:\n  kafka: # k\n    producer:\n      acks: 1\n---\nx: 1\n",
    set("spring.kafka.producer.properties.linger.ms", "5", { line: 2 }),
    "spring:\n  kafka: # k\n    producer:\n      acks: 1\n" +
      "      properties:\n        linger.ms: 5\n---\nx: 1\n",
  ],
  [
    "a JSON key is added as its neighbours are",
    "a.json",
    '{\n\t"producer": {\n\t\t"acks": 1\n\t}\n}\n',
    set("producer.idempotent", "true"),
    '{\n\t"producer": {\n\t\t"acks": 1,\n\t\t"idempotent": true\n\t}\n}\n',
  ],
  [
    "a JSON list stays a list",
    "a.json",
    '{ "brokers": ["a:1"], "acks": -1 }',
    set("brokers", "a:1,b:2", { column: 3 }),
    '{ "brokers": ["a:1", "b:2"], "acks": -1 }',
  ],
];

for (const [what, file, before, edit, expected] of CASES)
  test(what, () => {
    assert.is(after(file, before, edit), expected);
    assert.is(after(file, expected, edit), expected, "an edit that is made again changes nothing");
  });

test("no value becomes a second line of an env file", () => {
  for (const value of ["a\nB=1", "a\rB=1"]) {
    const { files, skipped } = applyEdits(
      [{ file: "k.env", text: "A=1\n" }],
      [made("k.env", set("A", value))],
    );
    assert.equal([files, skipped.length], [[], 1]);
  }
});
test("lines are those of the text that was diagnosed, whatever was added before", () => {
  const text = "services:\n  k:\n    environment:\n      A: 1\n  l:\n    environment:\n      A: 1\n";
  const edits = ["B", "C", "D"].flatMap((key) => [
    made("compose.yml", set(key, "1", { line: 3 })),
    made("compose.yml", set(key, "1", { line: 6, service: "l" })),
  ]);
  const added = "      A: 1\n      B: 1\n      C: 1\n      D: 1\n";
  assert.is(
    applyEdits([{ file: "compose.yml", text }], edits).files[0]!.text,
    `services:\n  k:\n    environment:\n${added}  l:\n    environment:\n${added}`,
  );
  const json = '{\n  "a": 1,\n  "producer": { "acks": 1 },\n  "consumer": { "acks": 1 }\n}\n';
  const lower = [
    { action: "remove", key: "a", line: 2, column: 3 } as Edit,
    set("consumer.acks", "0", { line: 4, column: 17 }),
  ];
  assert.is(after("a.json", json, ...lower), json.replace('"a": 1,\n  ', "").replace(/1 }\n}/, "0 }\n}"));
});
test("a key of another section takes its value there, which the edit does not have", () => {
  const text =
    "spring:\n  kafka:\n    consumer:\n      acks: all # c\n      group-id: g\n    producer:\n      a: 1\n";
  const edit = { action: "rename", key: "spring.kafka.consumer.acks", to: "spring.kafka.producer.acks" };
  assert.is(
    after("application.yml", text, { ...edit, line: 4, column: 7 } as Edit),
    "spring:\n  kafka:\n    consumer:\n      group-id: g\n    producer:\n      a: 1\n      acks: all\n",
  );
});
test("an edit without a place is skipped with its reason, and its file stays", () => {
  const text = "services:\n  k: {environment: [A=1]}\n";
  const inputs = [
    { file: "compose.yml", text },
    { file: "C.java", text: "class C {}" },
  ];
  const edits = [
    made("other.yml", set("A", "2")),
    made("compose.yml", set("A", "2", { service: "nobody" })),
    made("compose.yml", { action: "set-image", image: "i" } as Edit),
    made("C.java", set("acks", "all")),
  ];
  const { files, skipped } = applyEdits(inputs, edits);
  assert.equal(files, []);
  assert.equal(
    skipped.map(({ edit }) => edit),
    edits,
  );
  assert.ok(skipped.every(({ edit, why }) => why.includes(edit.file)));
});
test("a result that could not be read is not made", () => {
  const text = "services:\n  k:\n    environment:\n      A: 1\n      B: 2\n";
  const edit = made("compose.yml", { action: "rename", key: "A", to: "B", line: 4 } as Edit);
  const { files, skipped } = applyEdits([{ file: "compose.yml", text }], [edit]);
  assert.equal([files.length, skipped.length], [0, 1]);
});
test.run();
