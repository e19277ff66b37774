// Arguments of the SDK that once did harm.

import type { CallInput } from "../give/call.ts";
import type { Find } from "../hold.ts";

export const CALL_FINDS: readonly Find<CallInput>[] = [
  { what: "a timeline of nothing", value: { name: "timeline", args: [null] } },
  { what: "a diagnosis of nothing", value: { name: "diagnose", args: [{}] } },
];

export const START_FINDS: readonly Find<CallInput>[] = [
  {
    what: "a scenario that leaves the runs' folder",
    value: { name: "startLab", args: [{ scenario: "../../x" }] },
  },
  { what: "an option that there is not", value: { name: "startLab", args: [{ noSuchOption: 1 }] } },
  { what: "no options at all", value: { name: "attachLab", args: [null] } },
];

export const VERB_FINDS: readonly Find<CallInput>[] = [
  { what: "a note that is a number", value: { name: "note", args: [5] } },
  { what: "an event of no kind", value: { name: "run.record", args: [{ kind: "nope" }] } },
  { what: "a negative partition", value: { name: "probe.send", args: [{ partition: -1 }] } },
  { what: "half a partition", value: { name: "probe.send", args: [{ partition: 1.5 }] } },
];
