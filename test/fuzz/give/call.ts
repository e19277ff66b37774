// Arguments of the SDK's functions and of a lab's verbs, as a script without types gives them.

import fc from "fast-check";
import type { Given, Job } from "../job.ts";
import { json, number, text } from "./texts.ts";

export interface CallInput {
  readonly name: string;
  readonly args: readonly unknown[];
  /** Whether they have to be refused. */
  readonly isWrong?: boolean;
}

const GIVEN: readonly Given["$given"][] = [
  "function",
  "symbol",
  "thrower",
  "cycle",
  "no prototype",
  "proxy",
  "aborted",
];

/** Anything: a primitive at every edge, what cannot be cloned, an object of any options. */
const anything: fc.Arbitrary<unknown> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      undefined,
      null,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      -0,
      10n,
      true,
      "",
      {},
      [],
    ),
  },
  { weight: 2, arbitrary: number },
  { weight: 2, arbitrary: text },
  { weight: 1, arbitrary: json },
  { weight: 2, arbitrary: fc.constantFrom(...GIVEN).map(($given) => ({ $given })) },
  {
    weight: 1,
    arbitrary: fc
      .oneof(fc.constantFrom("my_topic-0", "my_topic-9", "no-topic-3", "-0"), text)
      .map((leaderOf) => ({
        leaderOf,
      })),
  },
);

/** Options that functions and verbs take, with anything as their values. */
const OPTIONS = [
  "timeout",
  "signal",
  "width",
  "columns",
  "explanation",
  "paint",
  "align",
  "topic",
  "client",
  "clients",
  "partition",
  "partitions",
  "leaderOf",
  "coordinatorOf",
  "members",
  "commit",
  "process",
  "failAt",
  "assignor",
  "instanceIds",
  "settings",
  "atMost",
  "node",
  "service",
  "key",
  "limit",
  "slowerThan",
  "gapLimit",
  "recoveryLimit",
  "standstillLimit",
  "semantics",
  "group",
  "checks",
  "examples",
  "fault",
  "claim",
  "holds",
  "perSecond",
  "name",
  "path",
  "direction",
  "jitter",
  "percent",
  "how",
  "bootstrap",
  "acks",
  "retries",
  "requestTimeout",
  "noSuchOption",
];
const options = fc.dictionary(fc.constantFrom(...OPTIONS), anything, { maxKeys: 3, noNullPrototype: true });
const history = fc.constant({ $given: "history" } as const);

/** What is pure, or refuses before anything happens. */
export const FUNCTIONS = [
  "toMs",
  "readable",
  "toBytesPerSecond",
  "toPercent",
  "predictionChecks",
  "explain",
  "scenarioOptions",
  "ownArguments",
  "availability",
  "recordTrace",
  "check",
  "commitsForward",
  "committedReads",
  "duplicates",
  "exitCodeOf",
  "firstAckAfter",
  "groupPredictionChecks",
  "groupPredictionCheckLines",
  "groupProgress",
  "machineShare",
  "noPhantomWrites",
  "anomalies",
  "arrivals",
  "mergeVerdicts",
  "order",
  "outage",
  "processedAll",
  "processedOnlySent",
  "processingOrder",
  "progress",
  "recovery",
  "skipped",
  "transformedAll",
  "noLostWrites",
  "predictionCheckLines",
  "recordTraceLines",
  "explanationLines",
  "explanationSummary",
  "headline",
  "anomalyLines",
  "anomalyTable",
  "outcomeSummary",
  "table",
  "timeline",
  "verdictLines",
  "verdictWords",
  "openRun",
  "colour",
  "drawn",
  "output",
  "show",
  "tableOf",
  "timelineOf",
  "progressReporter",
  "applyEdits",
  "diagnose",
  "diagnosisLines",
  "explainError",
  "errorLines",
  "sarif",
  "circumstances",
  "fromCompose",
  "fromManifests",
  "fromProperties",
  "readCompose",
  "predict",
  "predictGroup",
  "compareResults",
  "defineFault",
  "faultKinds",
  "resolveFault",
] as const;

/**
 * Functions of the faces that are not called: they look at the machine, start brokers, print or end the
 * program.
 */
export const NOT_CALLED: readonly string[] = [
  "LabError",
  "about",
  "attachLab",
  "clean",
  "doctor",
  "finish",
  "isNotebook",
  "print",
  "printError",
  "printable",
  "runtime",
  "startLab",
  "whyReplay",
];

export const callInput: fc.Arbitrary<CallInput> = fc.record({
  name: fc.constantFrom(...FUNCTIONS),
  args: fc.array(
    fc.oneof(
      { weight: 3, arbitrary: anything },
      { weight: 2, arbitrary: options },
      { weight: 2, arbitrary: history },
    ),
    {
      maxLength: 3,
    },
  ),
});

export const callJob = ({ name, args, isWrong = false }: CallInput): Job => ({
  target: "call",
  name,
  args,
  isWrong,
});

const VERBS = [
  "step",
  "note",
  "capture",
  "predict",
  "watch",
  "probe",
  "probe.send",
  "probe.start",
  "run.record",
  "run.recordTrace",
  "run.anomalies",
  "run.explain",
  "cluster.stop",
  "cluster.kill",
  "cluster.pause",
  "cluster.start",
  "cluster.restart",
  "cluster.roll",
  "cluster.elect",
  "cluster.reconfigure",
  "cluster.createTopic",
  "net.delay",
  "net.lose",
  "net.throttle",
  "net.isolate",
  "net.split",
  "net.duplicate",
  "net.corrupt",
  "net.reorder",
  "net.heal",
  "disk.fill",
  "disk.hang",
  "disk.forget",
  "disk.slow",
  "disk.fail",
  "disk.heal",
] as const;

const event = fc.record(
  {
    kind: fc.oneof(fc.constantFrom("note", "step", "send", "fault", "nope"), anything),
    atMs: anything,
    tookMs: anything,
    text: anything,
    name: anything,
    client: anything,
    value: anything,
  },
  { requiredKeys: ["kind"], noNullPrototype: true },
);

/** What is not known to be wrong may wait for as long as it is told. */
const soon = options.map((one) => ({ ...one, timeout: "300ms" }));

function argsOf(name: (typeof VERBS)[number] | "conclude"): fc.Arbitrary<unknown[]> {
  if (name === "conclude") return soon.map((one) => [one]);
  const one = name === "run.record" ? event : fc.oneof(anything, anything, anything, soon, soon);
  return fc.array(one, { minLength: 1, maxLength: 3 });
}

export const verbInput: fc.Arbitrary<CallInput> = fc
  .constantFrom(...VERBS, "conclude" as const)
  .chain((name) => fc.record({ name: fc.constant(name), args: argsOf(name) }));

export const verbJob = ({ name, args, isWrong = false }: CallInput): Job => ({
  target: "verb",
  name,
  args,
  isWrong,
});
