// Unknown options are refused everywhere: every function of the faces and every verb of what a lab hands out
// is walked by what it takes. No broker runs.

import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as face from "../faces.ts";
import { checked, nearest, type Parameter } from "../../sdk/arguments/checked.ts";
import { parametersOf } from "../../sdk/arguments/guard.ts";

type Call = (...args: unknown[]) => unknown;
type Row = readonly Parameter<unknown>[];

const folder = mkdtempSync(path.join(os.tmpdir(), "lab-unknown-"));
const recording = fileURLToPath(new URL("../../notebooks/recordings/00-first-steps", import.meta.url));
const home = process.cwd();
process.env["LAB_REPLAY"] = recording;
process.chdir(folder);
const { log, error: logError } = console;
console.error = console.log = () => {};
const lab = await face.startLab({ scenario: "00-first-steps", timers: "fast" });
Object.assign(console, { log, error: logError });
const probe = lab.probe({ name: "load", requestTimeout: "5s" });
const run = await face.openRun(path.join(recording, "1"));
test.after(() => {
  process.chdir(home);
  delete process.env["LAB_REPLAY"];
  rmSync(folder, { recursive: true, force: true });
});

const OBJECTS: Readonly<Record<string, object>> = {
  face,
  lab,
  run: lab.run,
  cluster: lab.cluster,
  net: lab.net,
  "lab.probe": lab.probe,
  probe,
  load: probe.start({ perSecond: 50 }),
  fault: await lab.cluster.stop("leader"),
  faults: face.faults,
  recorded: run,
};

/** Every function, and what it takes in each of its forms. */
const FUNCTIONS: readonly (readonly [name: string, call: Call, rows: readonly Row[]])[] = Object.entries({
  ...OBJECTS,
  "": { "lab.probe": lab.probe },
}).flatMap(([where, object]) =>
  Object.getOwnPropertyNames(object).flatMap((name): [string, Call, readonly Row[]][] => {
    const { value } = Object.getOwnPropertyDescriptor(object, name)!;
    if (typeof value !== "function" || parametersOf(value as Call).length === 0) return [];
    return [[`${where}.${name}`, value as Call, parametersOf(value as Call)]];
  }),
);

/** A schema of valibot, as far as it matters here. */
interface Schema {
  readonly type: string;
  readonly entries?: Readonly<Record<string, Schema>>;
  readonly wrapped?: Schema;
  readonly item?: Schema;
  readonly pipe?: readonly Schema[];
  getter?(input: unknown): Schema;
}

/** What lazy schemas are asked with: each gives the form that an object has. */
const SAMPLES = [{}, { kind: "kill" }, { kind: "delay" }, { kind: "split" }];

interface Options {
  /** Where the options are in the argument. */
  readonly at: readonly string[];
  readonly names: readonly string[];
  /** What the argument has besides. */
  readonly around: object;
}

/** Every object with options that an argument may have in it. */
function optionsIn(schema: Schema, at: readonly string[] = [], around: object = {}): Options[] {
  if (at.length > 3) return [];
  if (schema.pipe !== undefined) return schema.pipe.flatMap((one) => optionsIn(one, at, around));
  if (schema.getter !== undefined)
    return SAMPLES.flatMap((sample) =>
      optionsIn(schema.getter!(sample), at, at.length === 0 ? sample : around),
    );
  if (schema.wrapped !== undefined) return optionsIn(schema.wrapped, at, around);
  if (schema.type !== "strict_object") return [];
  const names = Object.keys(schema.entries!);
  const known = Object.fromEntries(Object.entries(around).filter(([name]) => names.includes(name)));
  const own = at.length === 0 ? known : around;
  return [
    { at, names, around: own },
    ...Object.entries(schema.entries!).flatMap(([name, one]) => optionsIn(one, [...at, name], own)),
  ];
}

/** A name as it is mistyped: without its last letter. */
function misspelt(names: readonly string[]): [wrong: string, near: string][] {
  return names
    .filter((name) => name.length >= 4)
    .map((name): [string, string] => [name.slice(0, -1), nearest(name.slice(0, -1), names)!])
    .filter(([wrong]) => !names.includes(wrong));
}

function refusal(call: string, parameter: Parameter<unknown>, value: unknown): Error {
  try {
    checked(call, [parameter], [value]);
  } catch (error) {
    return error as Error;
  }
  throw new Error(`${call} takes ${JSON.stringify(value)} for its ${parameter.name}`);
}

let walked = 0;
for (const [name, , rows] of FUNCTIONS)
  test(`${name}() refuses a misspelt option, and names the one that was meant`, () => {
    for (const parameter of rows.flat())
      for (const { at, names, around } of optionsIn(parameter.schema as unknown as Schema))
        for (const [wrong, near] of misspelt(names)) {
          const inner: object = at.length === 0 ? { ...around, [wrong]: 1 } : { [wrong]: 1 };
          const nested = at.reduceRight<object>((one, key) => ({ [key]: one }), inner);
          const error = refusal(name, parameter, { ...around, ...nested });
          // what is around the options may lack something else, which is reported first
          if (at.length > 0 && error.message.includes(" is missing, expected ")) continue;
          assert.is(error.constructor, TypeError, error.stack);
          assert.ok(error.message.endsWith(`did you mean ${near}?`), `${error.message}: ${wrong}, ${near}`);
          walked++;
        }
  });

for (const [name, call, rows] of FUNCTIONS)
  test(`${name}() refuses options where it takes none`, async () => {
    const args = Array.from({ length: Math.max(...rows.map((row) => row.length)) }, () => undefined);
    let error: unknown;
    try {
      await call(...args, { partition: 3 });
    } catch (thrown) {
      error = thrown;
    }
    assert.instance(error, TypeError);
    assert.match((error as Error).message, /^Cannot call [^:]+: /);
  });

const mine = { kind: "mine", apply: () => "a", undo: () => "b" };
const facts = { nodes: [], description: {}, topic: { topic: "a" }, client: {}, fault: {} };
/** Arguments that are handed on as they are, and options that may have more than their function knows. */
const LOOSE: readonly (readonly [call: Call, args: readonly unknown[], near: string])[] = [
  [face.defineFault as Call, [{ ...mine, aply: 1 }], "apply"],
  [face.defineFault as Call, [{ ...mine, options: { by: { typ: "number" } } }], "type"],
  [face.circumstances as Call, [{ ...facts, minISR: 1 }], "minIsr"],
  [face.circumstances as Call, [{ ...facts, topic: { topic: "a", partitions: 3 } }], "partition"],
  [face.circumstances as Call, [{ ...facts, client: { isWarn: true } }], "isWarm"],
  [face.output as Call, [{ jsn: true, cluster: "a" }], "json"],
  [face.finish as Call, [{ JSON: true }, {}], "json"],
];
for (const [at, [call, args, near]] of LOOSE.entries())
  test(`an argument that is no list of options is refused with a name that is nearly ${near} (${at})`, () =>
    assert.throws(
      () => call(...args),
      (error: Error) => error.constructor === TypeError && error.message.endsWith(`did you mean ${near}?`),
    ));

test("the walk finds the options of the faces", () => {
  assert.ok(FUNCTIONS.length > 90, `${FUNCTIONS.length} functions`);
  assert.ok(walked > 300, `${walked} options`);
});

test.run();
