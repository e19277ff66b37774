// Foreign text in every renderer of the SDK: what is rendered prints.
//
// Each function that the SDK exports is named here, as one that renders or as one that does not.

import { inspect } from "node:util";
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as sdk from "../faces.ts";
import * as testing from "@kafka-failure-lab/sdk/testing";
import { unreached } from "../../sdk/lab/clean.ts";
import type { HistoryEvent } from "../../sdk/model/history.ts";
import { progressLineReporter } from "../../sdk/notebook/progress-line.ts";
import { honest, hostileHistory } from "./hostile/history.ts";
import { hostilePicture } from "./hostile/picture.ts";
import { assertCharacters, assertPrintable, HOSTILE, poisoned } from "./hostile/text.ts";
import { written } from "./hostile/written.ts";

const history = hostileHistory(HOSTILE);
const checks = [
  "noLostWrites",
  "noPhantomWrites",
  "duplicates",
  "order",
  "availability",
  "progress",
  "recovery",
  "processedAll",
  "processedOnlySent",
  "processingOrder",
  "skipped",
  "groupProgress",
  "commitsForward",
  "committedReads",
  "transformedAll",
] as const;
const judgement = poisoned(sdk.check(history, { checks }), HOSTILE, ["checker"]);
const explanation = sdk.explain(history);
const predictionChecks = sdk.predictionChecks(history);
const given = history.flatMap((event) =>
  event.kind === "delivered" ? event.records.map(({ value }) => value) : [],
);
const lives = history.flatMap((event) =>
  event.kind === "send" &&
  (event.outcome !== "ok" ||
    event.attempts.some(({ error }) => error !== undefined) ||
    given.includes(event.value))
    ? [event.value]
    : [],
);
const rows = [
  [HOSTILE, "head"],
  [`${HOSTILE}2`, HOSTILE],
];
const finding: sdk.ConfigurationFinding = {
  rule: `rule${HOSTILE}`,
  severity: "error",
  title: HOSTILE,
  evidence: (["file", "image", "default"] as const).map((origin) => ({
    file: `file${HOSTILE}`,
    line: 1,
    column: 1,
    key: `key${HOSTILE}`,
    value: HOSTILE,
    origin,
  })),
  happens: HOSTILE,
  fix: HOSTILE,
  edits: [
    { action: "set", file: HOSTILE, line: 1, column: 1, service: HOSTILE, key: HOSTILE, value: HOSTILE },
  ],
  source: HOSTILE,
};
/** Every exported function that makes text for people, and how it is called. */
const RENDERERS: Readonly<Record<string, () => unknown>> = {
  about: () =>
    sdk.about(
      poisoned(
        {
          engine: { kafka: "3.9.2", kind: "local", from: HOSTILE },
          run: { startedAt: new Date(0) },
          bootMs: 1,
          differs: [HOSTILE],
        },
        HOSTILE,
      ) as unknown as Parameters<typeof sdk.about>[0],
    ),
  predictionCheckLines: () => sdk.predictionCheckLines(predictionChecks, { explanation }),
  groupPredictionCheckLines: () => sdk.groupPredictionCheckLines(sdk.groupPredictionChecks(history)),
  recordTraceLines: () => lives.flatMap((value) => sdk.recordTraceLines(sdk.recordTrace(history, value))),
  // what it ended is the machine's own; that Docker cannot be asked is said in a program's words
  clean: () =>
    unreached(
      new sdk.LabError("COMMAND_FAILED", `Cannot ask: ${HOSTILE}`, { stderr: `${HOSTILE}${HOSTILE}` }),
    ),
  compareResults: () =>
    sdk.compareResults(
      { verdict: true, figures: { [HOSTILE]: { value: HOSTILE }, gone: { value: HOSTILE } } },
      { verdict: false, figures: { [HOSTILE]: { value: 1 } } },
    ),
  diagnosisLines: () => sdk.diagnosisLines([finding]),
  errorLines: () => {
    const lines = [`ERROR ${HOSTILE} NOT_ENOUGH_REPLICAS`, `ERROR ${HOSTILE}`, `${HOSTILE}Exception: x`];
    const found = sdk.explainError(lines.map((line) => line.replaceAll("\n", " ")).join("\n"));
    assert.ok(found.errors.length > 0 && found.unknown.length > 0);
    return sdk.errorLines(poisoned(found, HOSTILE, ["causes"]));
  },
  drawn: async () => (await hostilePicture()).svg,
  explanationLines: () => sdk.explanationLines(explanation),
  explanationSummary: () => sdk.explanationSummary(explanation),
  finish: () =>
    written(() =>
      sdk.finish(
        { json: true },
        {
          scenario: HOSTILE,
          claim: HOSTILE,
          verdict: true,
          exitCode: 0,
          figures: { [HOSTILE]: { value: HOSTILE } },
        },
      ),
    ),
  headline: () => sdk.headline(judgement),
  anomalyLines: () => sdk.anomalyLines(poisoned(sdk.anomalies(history), HOSTILE)),
  anomalyTable: () => sdk.anomalyTable(sdk.anomalies(history)),
  LabError: () => {
    const facts = {
      file: HOSTILE,
      command: HOSTILE,
      stderr: `x\n${HOSTILE}`,
      hint: HOSTILE,
      cause: new Error(HOSTILE),
    };
    const error = new sdk.LabError("COMMAND_FAILED", `Cannot read ${HOSTILE}: ${HOSTILE}`, facts);
    assert.is(error.facts.stderr, facts.stderr, "facts are as they came");
    return [
      error.message,
      String(error),
      error.stack ?? "",
      inspect(error),
      inspect(error, { customInspect: false }),
    ];
  },
  outcomeSummary: () => sdk.outcomeSummary(judgement),
  output: () =>
    written(async () => {
      for (const json of [false, true]) {
        sdk.output({ json }).print(HOSTILE);
        await sdk.output({ json }).show(rows.flat());
      }
    }),
  print: () => written(() => sdk.print(HOSTILE)),
  printError: () => written(() => sdk.printError(HOSTILE)),
  printable: () => [sdk.printable(HOSTILE), sdk.printable(HOSTILE, { limit: 10 })],
  sarif: () => written(() => sdk.print(JSON.stringify(sdk.sarif([finding], "1")))),
  show: () =>
    written(async () => {
      await sdk.show(HOSTILE);
      await sdk.show(sdk.tableOf(rows));
    }),
  table: () => [sdk.table(rows), sdk.table(rows, { colours: false })].flat(),
  tableOf: () => {
    const { text, html = "" } = sdk.tableOf(rows);
    return [...text, html];
  },
  progressReporter: () => {
    const lines: string[] = [];
    const reporter = sdk.progressReporter((line) => void lines.push(line));
    reporter.say(`one ${HOSTILE}`);
    reporter.end(`two ${HOSTILE}`);
    const inPlace = progressLineReporter(() => async (bundle) => lines.push(bundle["text/plain"]!));
    inPlace.say(`three ${HOSTILE}`);
    inPlace.begin(`four ${HOSTILE}`);
    inPlace.say(`five ${HOSTILE}`);
    inPlace.end(`six ${HOSTILE}`);
    return lines;
  },
  timeline: () => [40, 100, 1000].flatMap((width) => sdk.timeline(history, { width, explanation })),
  timelineOf: async () => {
    const { text, svg = "" } = await sdk.timelineOf(history, { explanation });
    return [...text, svg];
  },
  verdictLines: () => sdk.verdictLines(judgement),
  verdictWords: () => sdk.verdictWords(true),
};

/** Those that make values, and of text only errors, which are `LabError`, TypeError or RangeError. */
const OTHERS = new Set(
  [
    "anomalies applyEdits arrivals attachLab availability check circumstances colour",
    "defineFault diagnose doctor duplicates exitCodeOf explain explainError faultKinds",
    "commitsForward committedReads groupPredictionChecks groupProgress processedAll processedOnlySent " +
      "processingOrder skipped transformedAll",
    "firstAckAfter fromCompose fromProperties isNotebook machineShare mergeVerdicts",
    "noLostWrites noPhantomWrites",
    "fromManifests openRun order outage ownArguments",
    "predict predictGroup predictionChecks progress readCompose",
    "readable recordTrace recovery resolveFault runtime scenarioOptions startLab toBytesPerSecond " +
      "toMs toPercent whyReplay",
  ].flatMap((names) => names.split(" ")),
);

/** Those of `./testing` that make text for people. */
const TESTING_RENDERERS: Readonly<Record<string, () => string>> = {
  UsageError: () => new testing.UsageError(`Cannot use ${testing.quoted(HOSTILE)}`).message,
  asStarted: () => testing.asStarted("npm run predict -- --help"),
  failed: () =>
    testing.failed("npx tsx scripts/predict.ts", new testing.UsageError(testing.quoted(HOSTILE)), {}).err,
  quoted: () => testing.quoted(HOSTILE),
  faultCode: () => testing.faultCode({ kind: "kill", target: { leaderOf: HOSTILE } }),
  replayScript: () =>
    testing.replayScript({
      schedule: { faults: [], load: { producers: 1, perSecond: 1, inFlight: 1, partitions: 1 } },
      claim: "no-loss",
      client: { name: HOSTILE },
      lab: { compose: [HOSTILE] },
      about: [HOSTILE],
      from: HOSTILE,
    }),
};
/** Those of `./testing` that make values, files, processes and brokers, and of text only errors. */
const TESTING_OTHERS = [
  "aimedAt claimNamed composeFile confirmSmallest failedStretch generateSchedule hunt likelyFaults shrink spaceOf",
  "amount assertReplaceable assertSupported baseArchive bootstrapCheckpoint brokerFlags",
  "cacheFolder catchInterrupts claimFolder claimPort classDataArchive compareReleases composePath count",
  "createTopic definitionsOf duration fail faultyDirectories file findCli findJava followLogs formatLogDir",
  "fromReader guardedLab isManifest kafkaServices kafkaVersion labEngine labKafka listOf logConfig",
  "loggingFlags makeAuthority makeFolders makeObserver markOf milliseconds moveToLoopback",
  "namedMembers nearestName node oneOf oneOfOrBrokers openEngine openLab openLocal openWire",
  "orHelp parseLine parseSetting partition pattern predictionShape propertiesText randomId",
  "readArguments readBack readBootstrap readComposeFiles readerFolder readText",
  "readTextIfThere readTime renamedEvent replaceText resolveKafka Security target",
  "recordViews recorded release run runCommand settingNames startGuardian startLinks startOf stateFolder",
  "supplyKafka text toReader topicNameFault wantedPorts windows withForgetfulDisks",
  "asOneStretch couldBeMachine groupCircumstances groupPredictionOf groupPredictionShape offsetsPartition",
].flatMap((names) => names.split(" "));
const functionsOf = (face: object): string[] =>
  Object.entries(face).flatMap(([name, value]) => (typeof value === "function" ? [name] : []));

test("every function that the SDK exports is known as one that renders, or as one that does not", () => {
  assert.equal(functionsOf(sdk).sort(), [...Object.keys(RENDERERS), ...OTHERS].sort());
  assert.equal(functionsOf(testing).sort(), [...Object.keys(TESTING_RENDERERS), ...TESTING_OTHERS].sort());
});
for (const [name, render] of Object.entries(TESTING_RENDERERS))
  test(`${name}() of ./testing prints foreign text as text`, () => assertPrintable(render(), name));
test("the hostile history has an event of each kind, outages that are explained, and a prediction beside what came", () => {
  const kinds: Record<HistoryEvent["kind"], true> = {
    arrivals: true,
    "broker log": true,
    client: true,
    clock: true,
    cluster: true,
    commit: true,
    delivered: true,
    election: true,
    fault: true,
    group: true,
    "group prediction": true,
    heal: true,
    lag: true,
    log: true,
    machine: true,
    member: true,
    note: true,
    prediction: true,
    processed: true,
    produced: true,
    read: true,
    readback: true,
    run: true,
    send: true,
    stall: true,
    step: true,
    stranger: true,
    topic: true,
    transaction: true,
    watch: true,
    "watch end": true,
  };
  assert.equal([...new Set(history.map(({ kind }) => kind))].sort(), Object.keys(kinds).sort());
  const evidence = explanation.windows.flatMap(({ parts }) => parts.flatMap((part) => part.evidence));
  assert.ok(
    evidence.some(({ text }) => text.includes(HOSTILE.slice(0, 4))),
    "evidence",
  );
  assert.equal(
    predictionChecks.map(({ measured }) => measured !== null),
    [true],
  );
  assert.equal(
    sdk.groupPredictionChecks(history).map(({ measured }) => measured !== null),
    [true],
  );
  assert.ok(lives.length > 5);
  const steps = lives.flatMap((value) => sdk.recordTrace(history, value).groups.flatMap((one) => one.steps));
  assert.ok(steps.some(({ what }) => what === "delivered") && steps.some(({ error }) => error !== null));
});

/** They are handed whole texts: line breaks and a few colours are their caller's. */
const WHOLE = new Set(["drawn", "output", "print", "printError", "show", "table", "tableOf"]);

for (const [name, render] of Object.entries(RENDERERS))
  test(`${name}() prints foreign text as text`, async () => {
    const made = await render();
    const texts = (Array.isArray(made) ? made.flat() : [made]) as string[];
    assert.ok(texts.length > 0 && texts.every((text) => typeof text === "string"));
    for (const [i, text] of texts.entries())
      if (WHOLE.has(name)) assertCharacters(text.replaceAll("\x1b[31m", ""), `${name}() ${i}`);
      else assertPrintable(text, `${name}() ${i}`);
  });
for (const name of [
  "timeline",
  "verdictLines",
  "predictionCheckLines",
  "groupPredictionCheckLines",
  "recordTraceLines",
  "anomalyLines",
  "explanationLines",
])
  test(`${name}() leaves no line break in a line`, () => {
    for (const line of RENDERERS[name]!() as string[]) assert.not.match(line, /\n/);
  });

test("renderers leave to the caller's paint what it makes, and nothing else of its kind", () => {
  const red: sdk.Paint = (text) => `\x1b[31m${text}\x1b[0m`;
  const painted = [
    ...sdk.verdictLines(judgement, { paint: red }),
    ...sdk.predictionCheckLines(predictionChecks, { paint: red }),
    ...sdk.groupPredictionCheckLines(sdk.groupPredictionChecks(history), { paint: red }),
    ...sdk.explanationLines(explanation, { paint: red }),
    ...sdk.timeline(history, { paint: red }),
    ...sdk.outcomeSummary(judgement, { paint: red }),
    ...sdk.anomalyLines(sdk.anomalies(history), { paint: red }),
    ...lives.flatMap((value) => sdk.recordTraceLines(sdk.recordTrace(history, value), { paint: red })),
  ];
  assert.ok(painted.some((line) => line.includes("\x1b[31m")));
  for (const line of painted)
    assertPrintable(line.replaceAll("\x1b[31m", "").replaceAll("\x1b[0m", ""), "a painted line");
});
test(
  "table() keeps a caller's colours in a cell, no other sequence, and none where it is told that cells " +
    "are foreign",
  () => {
    const cell = "\x1b[31mred\x1b[0m \x1b[8mhidden\x1b[2J";
    assert.equal(sdk.table([[cell]]), ["\x1b[31mred\x1b[0m \\x1b[8mhidden\\x1b[2J"]);
    assert.equal(sdk.table([[cell]], { colours: false }), ["\\x1b[31mred\\x1b[0m \\x1b[8mhidden\\x1b[2J"]);
    assert.match(sdk.tableOf([[cell]]).html!, />red \\x1b\[8mhidden\\x1b\[2J</);
    assert.match(sdk.tableOf([[cell]], { colours: false }).html!, />\\x1b\[31mred/);
  },
);
test("an honest history is rendered as it was: nothing in it is escaped", async () => {
  const explanation = sdk.explain(honest);
  const { text, svg = "" } = await sdk.timelineOf(honest, { explanation: explanation });
  for (const line of [...text, svg, ...sdk.explanationLines(explanation)]) assert.not.match(line, /\\[xu]/);
});

test.run();
