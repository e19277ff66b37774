// A member of a consumer group with kafkajs: a process of its own, so that it can be killed or frozen.
//
//   stdin ─▶ { "start": {…} }, then orders         stdout ─▶ lines (line.ts)
//
//   one poll of a partition:  delivered ─▶ [commit before] ─▶ [produced ─▶] processed … ─▶ [commit after]
//
// Every line is written before the next step is begun, so that what a SIGKILL leaves is what was done. A line
// holds a whole poll, except where processing takes time: then each record has a line of its own.
//
// Settings come by standard input, not by arguments: there may be passwords in them. Where standard input
// ends, the owner is gone, and so is this process. Plain JavaScript: it starts in 100 ms under Node and Deno.

import { createRequire } from "node:module";
import { performance } from "node:perf_hooks";
import process from "node:process";
import { createInterface } from "node:readline";
import { addCodecs } from "./codecs.mjs";
import { nameOf, openOutput, recordOf } from "./kafkajs-output.mjs";
import { routed } from "./routed.mjs";

const now = () => performance.timeOrigin + performance.now();
const report = (line) => void process.stdout.write(`${JSON.stringify(line)}\n`);
const member = (change, facts = {}) => report({ kind: "member", atMs: now(), change, ...facts });
const logged = (level, logger, text) => report({ kind: "log", atMs: now(), level, logger, text });
/** Requests that a rebalance consists of; all others are too many to tell of. */
const GROUP_APIS = new Set(["GroupCoordinator", "JoinGroup", "SyncGroup", "OffsetFetch"]);

process.stdout.on("error", () => process.exit(0)); // nobody listens any more
for (const signal of ["SIGINT", "SIGHUP"]) process.on(signal, () => {});

/** What was assigned, and up to where each partition is done. */
let assigned = [];
const done = new Map(); // by partition's name: { topic, partition, offset }
let consumer;
let output; // where it writes what it processes; undefined: nowhere
let options;
let begun = 0; // records whose processing was begun, from 1
let commitMs = 0;

createInterface({ input: process.stdin })
  .on("line", (line) => void onLine(JSON.parse(line)))
  .on("close", () => process.exit(0));

async function onLine(said) {
  if (said.start !== undefined) return await start(said.start).catch(fail);
  try {
    if (said.do === "commit" && options.commit === "transaction")
      throw new Error("its offsets are committed within transactions");
    if (said.do === "commit") await commit([...done.values()]);
    if (said.do === "close") await close();
    if (said.do === "slow") options.processMs = said.processMs;
    report({ kind: "answer", id: said.id, ...(said.do === "slow" ? { processMs: options.processMs } : {}) });
  } catch (error) {
    report({ kind: "answer", id: said.id, error: nameOf(error) });
  }
  if (said.do === "close") process.exit(0);
}

function fail(error) {
  member("failed", { error: nameOf(error) });
  process.exitCode = 1;
  setImmediate(() => process.exit(1));
}

async function start(given) {
  options = given;
  const { CompressionCodecs, Kafka, logLevel, Partitioners } = createRequire(import.meta.url)(
    options.kafkajs,
  );
  addCodecs(CompressionCodecs, options.codecs);
  const kafka = new Kafka({
    ...options.config,
    logLevel: logLevel.INFO,
    logCreator: () => onLog,
    ...(options.routes ? { socketFactory: routed(options.routes) } : {}),
  });
  consumer = kafka.consumer({
    ...options.consumer,
    retry: { ...options.config.retry, restartOnFailure: () => Promise.resolve(true) },
  });
  follow();
  if (options.output)
    output = await openOutput(kafka, Partitioners.DefaultPartitioner, options.output, { report, now, fail });
  await consumer.connect();
  await consumer.subscribe({ topics: [options.topic], fromBeginning: options.fromBeginning });
  await consumer.run({
    autoCommit: options.commit === "auto",
    ...(options.commit === "auto" ? { autoCommitInterval: options.autoCommitInterval } : {}),
    eachBatchAutoResolve: false,
    eachBatch,
  });
}

/** Follows what kafkajs says of the group. */
function follow() {
  const { events } = consumer;
  consumer.on(events.REBALANCING, ({ payload: { memberId } }) => {
    member("rebalancing", { memberId });
    drop("revoked"); // kafkajs knows the eager protocol only
  });
  consumer.on(events.GROUP_JOIN, ({ payload: { memberId, isLeader, memberAssignment } }) => {
    drop("lost"); // what it had, and did not give back
    assigned = Object.entries(memberAssignment).flatMap(([topic, partitions]) =>
      partitions.map((partition) => ({ topic, partition })),
    );
    member("joined", { memberId, isLeader: Boolean(isLeader) });
    member("assigned", { memberId, partitions: assigned });
  });
  consumer.on(events.CRASH, ({ payload: { error } }) => {
    drop("lost");
    member("failed", { error: nameOf(error) });
  });
  consumer.on(events.REQUEST, ({ payload: { apiName, broker, duration } }) => {
    if (apiName === "OffsetCommit") commitMs = duration;
    if (GROUP_APIS.has(apiName))
      logged("DEBUG", "Request", `${apiName} to ${broker} answered after ${duration} ms`);
  });
  consumer.on(events.REQUEST_TIMEOUT, ({ payload: { apiName, broker, sentAt } }) =>
    logged("WARN", "Request", `${apiName} to ${broker} timed out after ${Date.now() - sentAt} ms`),
  );
  // a commit of its own is reported by what makes it
  if (options.commit === "auto")
    consumer.on(events.COMMIT_OFFSETS, ({ payload: { topics } }) =>
      report({ kind: "commit", atMs: now() - commitMs, tookMs: commitMs, offsets: offsetsIn(topics) }),
    );
}

/** Passes on what its log says, and a session that has expired: its only trace is a line. */
function onLog({ namespace, label, log }) {
  const { message, error, broker, groupId: _, memberId } = log;
  logged(label, namespace, [message, broker, error].filter(Boolean).join(", "));
  if (/^The coordinator is not aware of this member/.test(message)) {
    drop("lost", { error: String(error) });
    member("rebalancing", memberId ? { memberId } : {});
  }
}

function drop(change, facts = {}) {
  if (assigned.length > 0) member(change, { partitions: assigned, ...facts });
  assigned = [];
  done.clear();
}

async function eachBatch({ batch, resolveOffset, heartbeat, commitOffsetsIfNecessary, isRunning, isStale }) {
  const { topic, partition, messages } = batch;
  const at = { topic, partition };
  const records = messages.map(recordOf);
  report({ kind: "delivered", atMs: now(), ...at, records });
  const commitTo = (offset) => commit([{ ...at, offset: after(offset) }], commitOffsetsIfNecessary);
  if (options.commit === "before") await commitTo(messages.at(-1).offset);
  const goesOn = () => isRunning() && !isStale();
  const writer = await output?.begin();
  // what a transaction holds is done only when that is committed
  const resolve = (offset) => {
    resolveOffset(offset);
    done.set(`${topic}-${partition}`, { ...at, offset: after(offset) });
  };
  const onDone = options.commit === "transaction" ? () => {} : resolve;
  const last = await processed({ at, messages, onDone, heartbeat, goesOn, writer }).catch(async (error) => {
    await writer?.abort?.(error);
    throw error;
  });
  if (last === undefined) return void (await writer?.abort?.("stopped before the first record"));
  if (options.commit === "after") await commitTo(last);
  if (options.commit === "transaction") {
    await writer.commit([{ ...at, offset: after(last) }]);
    resolve(last);
  }
  await heartbeat();
}

/** Processes records up to the last one, or to where the client is stopped; returns the last offset. */
async function processed({ at, messages, onDone, heartbeat, goesOn, writer }) {
  const { failAt } = options;
  const line = (atMs, offsets, error) =>
    report({ kind: "processed", atMs, tookMs: now() - atMs, ...at, offsets, ...(error ? { error } : {}) });
  const failsHere = failAt > begun && failAt <= begun + messages.length;
  if (options.processMs === 0 && !failsHere) {
    const atMs = now();
    begun += messages.length;
    await writer?.write(at, messages);
    line(
      atMs,
      messages.map(({ offset }) => offset),
    );
    onDone(messages.at(-1).offset);
    return messages.at(-1).offset;
  }
  let last;
  for (const message of messages) {
    const { offset } = message;
    if (!goesOn()) break;
    const atMs = now();
    const { processMs } = options; // an order may change it between two records
    if (processMs > 0) await new Promise((wake) => setTimeout(wake, processMs));
    if (++begun === failAt) {
      line(atMs, [offset], `failed at record ${failAt}, as asked`);
      throw new Error(`failed at record ${failAt}, as asked`);
    }
    await writer?.write(at, [message]);
    line(atMs, [offset]);
    onDone((last = offset));
    await heartbeat();
  }
  return last;
}

/** Commits, and reports it. */
async function commit(offsets, through) {
  if (offsets.length === 0) return;
  const atMs = now();
  const reported = (facts = {}) => report({ kind: "commit", atMs, tookMs: now() - atMs, offsets, ...facts });
  try {
    // only that of a batch works while the consumer stops
    if (through === undefined) await consumer.commitOffsets(offsets);
    else await through({ topics: offsets.map(({ topic, ...one }) => ({ topic, partitions: [one] })) });
    reported();
  } catch (error) {
    // Kafka's own answer; anything else may have happened
    reported({ error: nameOf(error), ...(error.type ? { isRefused: true } : {}) });
    throw error;
  }
}

async function close() {
  await consumer.disconnect();
  await output?.close();
  drop("revoked");
  member("left");
}

/** The offset after this one. */
function after(offset) {
  return String(BigInt(offset) + 1n);
}

function offsetsIn(topics) {
  return topics.flatMap(({ topic, partitions }) =>
    // kafkajs keeps partitions as the names of an object's properties
    partitions.map(({ partition, offset }) => ({
      topic,
      partition: Number(partition),
      offset: String(offset),
    })),
  );
}
