// Runs that are over. A folder of one is judged and drawn again; with its calls recorded, the program that
// made it runs again without a cluster.
//
//   startLab ─▶ recorded ─┬─▶ real lab ─▶ record     history, calls, facts ─▶ <LAB_RECORD>/<n>/
//                         └─▶ replay: the same interface, answers by tape ◀── <LAB_REPLAY>/<n>/
//   openRun  ─▶ lines ─▶ event (is it one?) ─▶ judge, report
export { openRun, type RecordedRun } from "./open.ts";
export { recorded } from "./recorded.ts";
export { type ReplayReason, whyReplay } from "./why.ts";
