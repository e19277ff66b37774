// The process that all of a cluster's links live in: beside the lab, so that neither waits for the other, and
// beside the brokers, so that it can outlive the lab where the brokers are kept. It has a record, by which
// the guardian finds it.
//
// argv[2]: { "keep": boolean }; argv[3] is the mark, shown by ps. One JSON object a line on
// standard input, answered by one on standard output:
//   { "id": 1, "open": [{ "node", "kind", "listeners", "to", "host" }] }    makes links, serving
//   { "id": 2, "set": { "node|kind|dialer": { up, down, reset, refuse } } }
//       all faults that there are now; a missing key is a link without one
//   { "id": 3, "serve": "node" }                                          its process runs
//   { "id": 4, "stopListening": "node", "restartsAfterOwner": boolean }   its process has ended
//   { "id": 5, "counts": true }    { "id": 6, "end": true }
// Without being asked it tells of each connection that anybody but a node has opened:
//   { "accepted": { "node", "host", "port", "to" } }
// Where standard input ends, the owner is gone: every fault is healed, and the process ends unless the
// brokers are kept. Then the guardian starts the brokers that return, and their links serve. Plain JavaScript
// so that it starts in 40 ms under Node and Deno alike.

import process from "node:process";
import { createInterface } from "node:readline";
import { makeLink } from "./link.mjs";
import { makeBucket, SOUND as SIDE } from "./pipe.mjs";

const { keep } = JSON.parse(process.argv[2]);
const SOUND = { up: SIDE, down: SIDE, reset: false, refuse: false };
const links = []; // { node, kind, link }
let wrong = new Map();
let buckets = new Map();
const restarting = new Set(); // nodes
let counts = new Map(); // by key: bytes that a fault acted on

process.stdout.on("error", () => {});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {});
createInterface({ input: process.stdin })
  .on("line", onLine)
  .on("close", async () => {
    if (!keep) process.exit(0);
    await set({});
    for (const node of restarting) await serve(node).catch(() => {}); // there is no owner to report to
  });

async function onLine(line) {
  const { id, ...said } = JSON.parse(line);
  try {
    answer({ id, ...(await obey(said)) });
  } catch (error) {
    answer({ id, error: error.code ?? error.message, port: error.port });
  }
}

async function obey(said) {
  if (said.open !== undefined) return await open(said.open);
  if (said.set !== undefined) return await set(said.set);
  if (said.serve !== undefined) return (await serve(said.serve), {});
  if (said.stopListening !== undefined)
    return (stopListening(said.stopListening, said.restartsAfterOwner), {});
  if (said.counts !== undefined) return { counts: Object.fromEntries(counts) };
  if (said.end !== undefined) setImmediate(() => process.exit(0));
  return {};
}

async function open(all) {
  for (const { node, kind, listeners, to, host } of all) {
    const key = (dialer) => `${node}|${kind}|${dialer}`;
    const onQueued = (dialer, bytes) => counts.set(key(dialer), (counts.get(key(dialer)) ?? 0) + bytes);
    const state = (dialer) => wrong.get(key(dialer)) ?? SOUND;
    const onAccepted = (dialer, client) => dialer === "" && tellAccepted(node, client);
    links.push({ node, kind, link: makeLink({ listeners, to, host, state, onQueued, onAccepted }) });
  }
  await Promise.all(links.map(({ link }) => link.serve()));
  return {};
}

function tellAccepted(node, { remoteAddress: host, remotePort: port, localPort: to }) {
  if (port !== undefined) answer({ accepted: { node, host, port, to } });
}

async function set(state) {
  const kept = new Map();
  const bucket = ({ id, bytesPerSecond }) => {
    const same = kept.get(id) ?? buckets.get(id);
    const one = same?.bytesPerSecond === bytesPerSecond ? same : makeBucket(bytesPerSecond);
    kept.set(id, one);
    return one;
  };
  const side = (one) => ({ ...one, rates: one.rates.map(bucket) });
  wrong = new Map(
    Object.entries(state).map(([key, one]) => [key, { ...one, up: side(one.up), down: side(one.down) }]),
  );
  buckets = kept;
  if (wrong.size > 0) counts = new Map();
  await Promise.all(links.map(({ link }) => link.changed()));
  return {};
}

async function serve(node) {
  restarting.delete(node);
  await Promise.all(of(node).map((link) => link.serve()));
}

function stopListening(node, restartsAfterOwner) {
  if (restartsAfterOwner) restarting.add(node);
  of(node).forEach((link) => link.stopListening());
}

function of(node) {
  return links.filter((one) => one.node === node).map(({ link }) => link);
}

function answer(said) {
  process.stdout.write(`${JSON.stringify(said)}\n`);
}
