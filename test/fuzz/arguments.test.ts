// Arguments of the SDK: of its functions, of startLab and attachLab, and of a lab's verbs.

import { CALL_FINDS, START_FINDS, VERB_FINDS } from "./finds/call.ts";
import { callInput, callJob, verbInput, verbJob } from "./give/call.ts";
import { startInput } from "./give/start.ts";
import { hold } from "./hold.ts";

hold(
  { name: "functions", values: callInput, job: callJob, runs: 600, finds: CALL_FINDS },
  { name: "starts", values: startInput, job: callJob, runs: 100, finds: START_FINDS },
  { name: "verbs", values: verbInput, job: verbJob, runs: 80, finds: VERB_FINDS },
);
