// Histories of runs: opened, judged, explained and drawn.

import { HISTORY_FINDS } from "./finds/history.ts";
import { historyInput, historyJob } from "./give/history.ts";
import { hold } from "./hold.ts";

hold({ name: "histories", values: historyInput, job: historyJob, runs: 200, finds: HISTORY_FINDS });
