// What recording costs a member of a consumer group: how many records it takes at an offered load, against a
// consumer loop in a process of its own that tells nobody what it reads.
//
//   offer (a process) ──20,000 records/s──┬─▶ topic of the member ─▶ member ─lines─▶ history
//                                         └─▶ topic of the bare loop ─▶ count             in turns: A B B A
//
// Both have one topic of the same shape each, commit after each poll, and stay joined; only one is offered
// records at a time. A member counts as far as its `processed` events go.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { createInterface, type Interface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type Group, type Lab, startLab } from "@kafka-failure-lab/sdk";
import { consumption } from "./consumption.ts";
import { type Figure, figure, pairwise, type PartOptions } from "./figure.ts";

const PER_SECOND = 20_000;
const WINDOW_MS = 3_000;
const PARTITIONS = 3;
const PAIRS = 6;
const CLIENTS = ["kafkajs", "java"] as const;
type Client = (typeof CLIENTS)[number];
type Reader = "bare" | Client;

/** Records and processor time of a reader's windows. */
interface Measured {
  perSecond: number[];
  cpuMicros: number[];
}

/** One of those that are offered records. */
interface Subject {
  /** Records that it has read. */
  count(): Promise<number>;
  pid(): number;
  offer: Spoken;
}

/** Measures members of both clients against the bare loop. */
export async function consuming({ runs = PAIRS, folder, say }: PartOptions): Promise<Figure[]> {
  await using lab = await startLab({
    engine: "local",
    scenario: "bench-consuming",
    topic: { name: "bare", partitions: PARTITIONS },
    runs: folder,
    onProgress: say,
  });
  const spoken: Spoken[] = [];
  try {
    const subjects = await subjectsOf(lab, spoken);
    say(`consuming: ${runs} rounds of ${WINDOW_MS / 1000} s at ${PER_SECOND} records/s, after a warm-up`);
    const measured = { bare: empty(), kafkajs: empty(), java: empty() };
    const readers = ["bare", ...CLIENTS] as const;
    for (const reader of readers) await measure(subjects[reader], empty());
    for (let run = 1; run <= runs; run++) {
      const order = run % 2 === 0 ? [...readers].reverse() : readers;
      for (const reader of order) await measure(subjects[reader], measured[reader]);
      const last = readers.map((reader) => `${reader} ${measured[reader].perSecond.at(-1)!.toFixed(0)}/s`);
      say(`consuming: round ${run} of ${runs}: ${last.join(", ")}`);
    }
    return figuresOf(measured);
  } finally {
    for (const one of spoken) one.end();
  }
}

function figuresOf(measured: Readonly<Record<Reader, Measured>>): Figure[] {
  const { bare } = measured;
  return [
    figure("consuming: bare kafkajs loop", "records/s", bare.perSecond),
    ...CLIENTS.map((client) =>
      figure(
        `consuming: recorded member (${client}) / bare kafkajs loop, ${PER_SECOND} records/s offered`,
        "ratio",
        pairwise(measured[client].perSecond, bare.perSecond),
        [{ statistic: "median", atLeast: 0.95 }],
      ),
    ),
    figure("consuming: processor time of a record, bare loop", "µs", bare.cpuMicros),
    ...CLIENTS.map((client) =>
      figure(`consuming: the same, recorded member (${client})`, "µs", measured[client].cpuMicros),
    ),
  ];
}

const empty = (): Measured => ({ perSecond: [], cpuMicros: [] });

async function subjectsOf(lab: Lab, spoken: Spoken[]): Promise<Record<Reader, Subject>> {
  const program = async (...args: string[]): Promise<Spoken> => {
    const one = speakTo(args);
    spoken.push(one);
    await one.ready;
    return one;
  };
  const bootstrap = lab.bootstrap.join(",");
  const offer = (topic: string): Promise<Spoken> => program("offer", bootstrap, topic, String(PER_SECOND));
  const bare = await program("read", bootstrap, "bare", "bare");
  const subject = async (client: Client): Promise<Subject> => {
    await lab.cluster.createTopic(client, { partitions: PARTITIONS });
    const group = await lab.group(client, { topic: client, client, members: 1, commit: "after" });
    await group.settled();
    return {
      count: () => Promise.resolve(processedBy(lab, group)),
      pid: () => group.member(1).pid!,
      offer: await offer(client),
    };
  };
  return {
    bare: { count: () => bare.ask("count"), pid: () => bare.pid, offer: await offer("bare") },
    kafkajs: await subject("kafkajs"),
    java: await subject("java"),
  };
}

/** What its member has processed, as the history has it. */
function processedBy(lab: Lab, { name }: Group): number {
  return lab.run.history.reduce(
    (sum, event) => (event.kind === "processed" && event.group === name ? sum + event.offsets.length : sum),
    0,
  );
}

/** A second of load, then the window; the reader is left to read the rest. */
async function measure({ count, pid, offer }: Subject, into: Measured): Promise<void> {
  await offer.ask("go");
  await passed(1_000);
  const [before, used, beganAt] = [await count(), consumption([pid()]), performance.now()];
  await passed(WINDOW_MS);
  const [after, usedThen, tookMs] = [await count(), consumption([pid()]), performance.now() - beganAt];
  await offer.ask("rest");
  const read = after - before;
  into.perSecond.push((read / tookMs) * 1000);
  into.cpuMicros.push(((usedThen.cpuSeconds - used.cpuSeconds) * 1e6) / read);
  await passed(500);
}

const passed = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A program that answers each line with a line. */
interface Spoken {
  pid: number;
  ready: Promise<unknown>;
  ask(line: string): Promise<number>;
  end(): void;
}

function speakTo(args: readonly string[]): Spoken {
  const file = fileURLToPath(new URL("records.mjs", import.meta.url));
  const child: ChildProcess = spawn(process.execPath, [file, ...args], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines: Interface = createInterface({ input: child.stdout! });
  const next = async (): Promise<string> => {
    const [line] = (await Promise.race([once(lines, "line"), gone])) as [string];
    return line;
  };
  const gone = once(lines, "close").then(() => {
    throw new Error(`records.mjs ${args[0]} ended`);
  });
  gone.catch(() => {});
  return {
    pid: child.pid!,
    ready: next(),
    async ask(line) {
      const answer = next();
      child.stdin!.write(`${line}\n`);
      return Number(await answer);
    },
    end: () => void child.stdin!.end(),
  };
}
