#!/usr/bin/env -S npx tsx
// The script and the notebook: `npx tsx scripts/02-four-causes.ts --help`

// %% [markdown]
// # Four causes, one at a time
//
// **Claim:** when the leader's broker of the posted cluster goes, clients are served again only where replication and listeners are both fixed;
// where it is killed, only where the quorum is fixed too; and cold clients only where the bootstrap list is fixed too. Nothing acknowledged is
// lost in any case.
//
// The posted cluster does not fail over, for four causes that do not depend on each other. Which of them is enough? Here is every combination
// of fixes, for a broker that is told to go (`docker stop`, SIGTERM) and for one that is not asked (`docker kill`, SIGKILL).

// %% start
import process from "node:process";
import { readable, table } from "@kafka-failure-lab/sdk";
import { cellsOf, clientRows, clusterRows, COMBINATIONS, describeCell, expected, HOWS, matrixOptions, measureMatrix, missLines, saveMatrix } from "./matrix.ts";

const options = matrixOptions();
const print = options.json ? console.error : console.log;

// %% [markdown]
// ## What Kafka's sources say
//
// - Only a member of the ISR may lead. Another one is there where the topic has a second replica *and* that replica's broker can reach the
//   leader: replication and listeners are worth nothing alone.
// - The controller decides who leads, and it needs a majority of the voters at that moment. A broker that is told to go hands its leaders on
//   while it is still a voter. One that is killed is no voter any more, and one of two is no majority.
// - A client that starts afterwards knows what its bootstrap list says.

// %% expected
const whole = cellsOf(COMBINATIONS, HOWS);
const served = whole.filter((cell) => expected(cell).cold);
print(`expected: warm and cold clients are served in ${served.length} of ${whole.length} cells: ${served.map(describeCell).join("; ")}`);

// %% [markdown]
// ## What brokers do
//
// Four clients in each run: warm (they know the cluster) and cold (they start after the fault), with one bootstrap server (the broker that is
// about to go) and with all. This takes about ten minutes; a run that is done is not repeated.

// %% measure
const matrix = await measureMatrix(options);
const [first] = matrix.runs;
print(`Kafka ${first!.kafka}, ${first!.engine} engine (${first!.from}), ${options.timers} timers; ${matrix.ran} of ${matrix.runs.length} runs made now`);

// %% [markdown]
// ## What clients saw
//
// The longest time without an acknowledged send while the fault lasted; "never" is never within the window.

// %% clients
for (const line of missLines(matrix.cells)) print(`not as expected: ${line}`);
print(table(clientRows(matrix.cells), { align: ["left", "left", "left", "left", "right", "right", "right", "right", "right", "right"] }).join("\n"));

// %% [markdown]
// ## What the cluster did
//
// Before the fault and at its end: the leader's broker, the brokers in sync, the active controller's node id. Then the time from the broker's
// return until the last of the four clients was served, and until every replica was in sync.

// %% cluster
print(table(clusterRows(matrix.runs), { align: ["left", "left", "left", "left", "left", "left", "left", "right", "right"] }).join("\n"));

// %% verdict
const claim = "clients are served again only where replication and listeners are fixed, after a kill only where the quorum is fixed too, cold ones only where bootstrap is fixed too; nothing acknowledged is lost";
const misses = missLines(matrix.cells);
print(`\nclaim: ${claim}`);
print(`${matrix.verdict === true ? "it held" : matrix.verdict === false ? "it did not hold" : "it cannot be told"}, judged on ${matrix.cells.length} of ${whole.length} cells; windows: stop ${readable(options.windowMs.stop)}, kill ${readable(options.windowMs.kill)}`);
if (options.save) print(`saved: ${saveMatrix(matrix, options)}`);
process.exitCode = matrix.exitCode;
if (options.json) console.log(JSON.stringify({ claim, verdict: matrix.verdict, exitCode: matrix.exitCode, misses, cells: matrix.cells, ran: matrix.ran, runs: matrix.runs.map(({ run }) => run), engine: first!.engine, kafka: first!.kafka, timers: options.timers, windowMs: options.windowMs, file: matrix.file }));
