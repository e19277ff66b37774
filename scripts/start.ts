#!/usr/bin/env -S npx tsx
// `npm start`: the posted two-broker cluster loses the leader's broker, first as posted, then with all four
// causes fixed.

import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { print, readable, table } from "@kafka-failure-lab/sdk";
import { printError, scenarioOptions } from "@kafka-failure-lab/sdk/scenario";
import { orHelp, UsageError } from "@kafka-failure-lab/sdk/testing";

/** The last line of `01-broker-stops.ts --json`. */
interface Result {
  verdict: boolean | "unknown";
  clients: Record<string, number | null>;
  /** The posted consumer; `ms` is null where it read nothing until the broker returned. */
  consumer: { group: string; ms: number | null };
  judged: string[];
  acknowledged: number;
  lost: number;
  duplicates: number;
  leader: { before: number | null; after: number | null };
  isr: { before: number[]; after: number[] };
  controller: { before: number | null; after: number | null };
  fullIsrAfterHeal: boolean;
  kafka: string;
  engine: string;
  run: string;
}

/** A file beside this one, compiled where this one is. */
const scenario = fileURLToPath(new URL(`./01-broker-stops${path.extname(import.meta.url)}`, import.meta.url));
const HELP = `npm start: stops the leader of the posted two-broker cluster, as posted and with all four causes
fixed, and prints the results side by side

Options are passed on: npm start -- --how kill --timers fast --kafka 4
(all of them: npx tsx scripts/01-broker-stops.ts --help), except --cluster and --fix, which differ between
the two runs, and --json.

exit code: 0 only the corrected cluster fails over, 2 otherwise or a prediction failed, 3 inconclusive,
1 the lab failed`;
const given = process.argv.slice(2);
orHelp("npm start --", () => HELP, passedOn);

printError("1 of 2: the cluster as posted");
const posted = await run([]);
printError(
  "\n2 of 2: the same cluster with all four causes fixed: replication, quorum and listeners by a compose " +
    "file each, the bootstrap list in the clients",
);
const corrected = await run(["--fix", "replication,quorum,listeners,bootstrap"]);

const gap = (result: Result, client: string): string => {
  const ms = result.clients[client];
  return (
    `${ms === undefined ? "-" : ms === null ? "not served until it returned" : `${readable(ms)} gap`}` +
    `${result.judged.includes(client) ? " *" : ""}`
  );
};
const row = (label: string, of: (result: Result) => string): string[] => [label, of(posted), of(corrected)];
const change = ({ before, after }: { before: number | null; after: number | null }): string =>
  `${before ?? "none"} → ${after ?? "none"}`;
print(
  [
    "",
    ...table([
      ["", "as posted", "four causes fixed"],
      row("leader of my_topic, broker", ({ leader }) => change(leader)),
      row("in sync, brokers", ({ isr }) => `${isr.before.join(", ")} → ${isr.after.join(", ")}`),
      row("active controller, node id", ({ controller }) => change(controller)),
      ...Object.keys(corrected.clients).map((client) =>
        row(`client ${client}`, (result) => gap(result, client)),
      ),
      row(`consumer ${corrected.consumer.group}`, ({ consumer: { ms } }) =>
        ms === null ? "read nothing until it returned *" : `${readable(ms)} gap *`,
      ),
      row("acknowledged", ({ acknowledged }) => acknowledged.toLocaleString("en")),
      row("lost", ({ lost }) => String(lost)),
      row("duplicates", ({ duplicates }) => String(duplicates)),
      row("full ISR after start", ({ fullIsrAfterHeal }) => (fullIsrAfterHeal ? "yes" : "no")),
      row("another broker took over", ({ leader: { before, after } }) =>
        after !== null && after !== before ? "yes" : "no",
      ),
      row("claim and predictions confirmed", ({ verdict }) =>
        verdict === true ? "yes" : verdict === false ? "no" : "inconclusive",
      ),
    ]),
    "",
    "warm clients were connected before the broker stopped, cold ones start afterwards; one: that broker is",
    "the only bootstrap server, all: every broker is.",
    "* is what the posted application is: a client with one bootstrap server, and with all of them once that",
    "is fixed, and its consumer, one member of my-group; the claim is judged for these.",
    `Kafka ${posted.kafka}, ${posted.engine} engine.`,
    `runs: ${posted.run}`,
    `      ${corrected.run}`,
  ].join("\n"),
);

// the claim of this page: the posted cluster does not fail over, the corrected one does
process.exitCode =
  posted.verdict === "unknown" || corrected.verdict === "unknown"
    ? 3
    : posted.verdict === false && corrected.verdict === true
      ? 0
      : 2;

/** Reads what is passed on as the scenario will, before it is started; null where help is asked for. */
function passedOn(): object | null {
  if (given.includes("--help") || given.includes("-h")) return null;
  const own = given
    .map((one) => /^--(?:cluster|fix|json)(?==|$)/.exec(one)?.[0])
    .find((option) => option !== undefined);
  if (own !== undefined)
    throw new UsageError(
      `Cannot pass ${own} on: ` +
        `${own === "--json" ? "this prints a table of two runs" : "the two columns differ in it"}; ` +
        `npx tsx scripts/01-broker-stops.ts ${own} is one of them`,
    );
  return scenarioOptions({ scenario: "npm start --", about: "" }, given);
}

async function run(fixes: string[]): Promise<Result> {
  const runtime = "Deno" in globalThis ? ["run", "-A"] : process.execArgv;
  const child = spawn(
    process.execPath,
    [...runtime, scenario, "--cluster", "as-posted", ...fixes, ...given, "--json"],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  // Ctrl-C reaches both; a plain kill only this one
  const pass = (signal: NodeJS.Signals): void => void child.kill(signal);
  const wait = (): void => {}; // the scenario heals and ends; then so does this
  process.on("SIGTERM", pass).on("SIGINT", wait);
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  const [code, signal] = (await once(child, "close")) as [number | null, string | null];
  process.off("SIGTERM", pass).off("SIGINT", wait);
  const last = text.trim().split("\n").at(-1) ?? "";
  if (code === 1 || code === null || code > 3 || !last.startsWith("{")) {
    printError(`the scenario ended without a verdict: ${signal ?? `exit ${code ?? 1}`}`);
    process.exit(code === 130 || code === 143 ? code : 1);
  }
  return JSON.parse(last) as Result;
}
