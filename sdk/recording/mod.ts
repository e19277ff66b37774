// Finished runs. A run's folder can be judged and drawn again; if its calls were recorded, the program that
// made it can run again without a cluster.
//
//   startLab ─▶ recorded ─┬─▶ real lab ─▶ record     history, calls, facts ─▶ <LAB_RECORD>/<n>/
//                         └─▶ replay: the same interface, answers by tape ◀── <LAB_REPLAY>/<n>/
//   openRun  ─▶ lines ─▶ event (is it one?) ─▶ judge, report
export { openRun, type RecordedRun } from "./open.ts";
export { recorded } from "./recorded.ts";
export { type ReplayReason, whyReplay } from "./why.ts";
