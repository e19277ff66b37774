// Arguments of the SDK that once did harm.

import type { CallInput } from "../give/call.ts";
import type { Find } from "../hold.ts";

export const CALL_FINDS: readonly Find<CallInput>[] = [
  { what: "a timeline of nothing", value: { name: "timeline", args: [null] } },
  { what: "a diagnosis of nothing", value: { name: "diagnose", args: [{}] } },
  { what: "no length of time", value: { name: "readable", args: [] } },
  { what: "no share", value: { name: "toPercent", args: [{}] } },
  { what: "no rate", value: { name: "toBytesPerSecond", args: [{ timeout: 10n }] } },
  { what: "no scenario", value: { name: "scenarioOptions", args: [{}] } },
  { what: "events in place of text", value: { name: "show", args: [{ $given: "history" }] } },
];

const wrong = (name: string, ...args: unknown[]): CallInput => ({ name, args, isWrong: true });

export const START_FINDS: readonly Find<CallInput>[] = [
  { what: "a scenario that leaves the runs' folder", value: wrong("startLab", { scenario: "../../x" }) },
  { what: "an option that there is not", value: wrong("startLab", { noSuchOption: 1 }) },
  { what: "timers that there are not", value: wrong("startLab", { timers: "slow" }) },
  {
    what: "a compose file that is not there",
    value: wrong("startLab", { compose: ["./no-such-file.yml"] }),
  },
  {
    what: "a property whose name is two lines",
    value: wrong("startLab", { properties: { "a\nb": "x" } }),
  },
  { what: "nothing to attach to", value: wrong("attachLab", null) },
];

/** Calls of verbs that have to be refused: the verb and its arguments. */
const WRONG: readonly (readonly [name: string, ...args: unknown[]])[] = [
  ["note", 5],
  ["note", null],
  ["step", 5],
  ["predict", "\u009b31m"],
  ["run.record", { kind: "nope" }],
  ["run.record", null],
  ["run.record", { kind: "note", text: "no time" }],
  ["probe.send", { partition: -1 }],
  ["probe.send", { partition: 1.5 }],
  ["probe.send", { key: 5 }],
  ["probe.send", { noSuchOption: 1 }],
  ["probe.send", "x"],
  ["probe.start", { perSecond: -1 }],
  ["probe", { acks: 2 }],
  ["probe", { name: 5 }],
  ["probe", { topic: "a/b" }],
  ["probe", { requestTimeout: 0 }],
  ["probe", { retries: -1 }],
  ["probe", { noSuchOption: 1 }],
  ["cluster.stop", "nobody"],
  ["cluster.stop", null],
  ["cluster.stop", {}],
  ["cluster.kill", -1],
  ["cluster.createTopic", {}],
  ["cluster.createTopic", "a/b"],
  ["net.delay", 1, "-1s"],
  ["net.delay", "leader"],
  ["net.lose", 1, 101],
  ["net.throttle", 1, null],
  ["net.isolate", null],
  ["net.split", 5],
  ["predict", "explode", 1],
  ["predict", null],
  ["conclude", { claim: 5, timeout: "300ms" }],
  ["conclude", { checks: ["nope"], timeout: "300ms" }],
  ["conclude", { timeout: -1 }],
  ["conclude", { holds: "x", timeout: "300ms" }],
  ["conclude", null],
  ["run.recordTrace", null],
];

export const VERB_FINDS: readonly Find<CallInput>[] = WRONG.map(([name, ...args]) => ({
  what: `${name}(${JSON.stringify(args).slice(1, -1)})`,
  value: wrong(name, ...args),
}));
