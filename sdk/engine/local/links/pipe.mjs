// @ts-self-types="./pipe.d.mts"
// One direction of one connection: what comes in goes out in order, when it is due, and never faster than the
// other side takes it.
//
//   from ──read──▶ [ piece, due at │ piece, due at │ … ] ──write──▶ to         no fault and nothing queued: read, write
//                   ▲ delay, jitter, rates               ▲ not while `hole`
//
// The end of a stream and its reset travel in the queue like everything else. When a fault goes, what waits
// goes out at once: TCP would send again what a real network lost, so no byte may be missing. Plain
// JavaScript: see relay.mjs.

import { performance } from "node:perf_hooks";

/** So many bytes may wait before the sender is held up: 10 s at 6.4 MB/s. */
const HIGH = 64 << 20;
/** The last stretch before a piece is due is not slept but polled for: timers are up to 1.1 ms late. */
const POLL_MS = 1.5;
/**
 * So long after it nobody polls: under load that would cost a processor, and what waits behind others may be
 * a millisecond late.
 */
const REST_MS = 20;
let mayPollAt = 0;
const END = Symbol("end");
const RESET = Symbol("reset");
export const SOUND = { delayMs: 0, jitterMs: 0, rates: [], hole: false };

/** Shares out a number of bytes a second among all who ask. */
export function makeBucket(bytesPerSecond) {
  let freeAt = 0;
  return {
    bytesPerSecond,
    /** Says when these bytes will have passed. */
    take(bytes, from) {
      freeAt = Math.max(freeAt, from) + (bytes / bytesPerSecond) * 1000;
      return freeAt;
    },
  };
}

/**
 * Joins two sockets in one direction; `to` may come later, and `onReset` ends both.
 * `side` is what is wrong: { delayMs, jitterMs, rates, hole }, the rates as buckets.
 */
export function makePipe({ from, side = SOUND, onQueued, onReset }) {
  let now = side;
  let to;
  let queue = []; // { at, due, data }
  let head = 0;
  let bytes = 0;
  let timer;
  let isPolling = false;
  let polledDue = 0;
  let isBlocked = false;
  let isOver = false;
  let lastDue = 0;

  const soundness = () => !now.hole && now.delayMs === 0 && now.jitterMs === 0 && now.rates.length === 0;
  let isSound = soundness();
  const hasRoom = () =>
    bytes <
    (now.rates.length === 0
      ? HIGH
      : Math.min(HIGH, Math.max(65_536, Math.min(...now.rates.map(({ bytesPerSecond }) => bytesPerSecond)))));

  from.on("data", (chunk) => {
    if (isSound && to !== undefined && !isBlocked && head === queue.length) return write(chunk);
    onQueued?.(chunk.length);
    push(chunk);
  });
  from.on("end", () => push(END));
  from.on("error", () => push(RESET));
  from.on("close", () => push(RESET)); // without an end before it

  function push(data) {
    if (isOver || queue.at(-1)?.data === END || queue.at(-1)?.data === RESET) return;
    const at = performance.now();
    if (typeof data !== "symbol" && now.rates.length > 0) {
      const size = Math.max(
        1448,
        Math.min(65_536, Math.min(...now.rates.map(({ bytesPerSecond }) => bytesPerSecond)) / 50),
      ); // 20 ms' worth
      for (let from = 0; from < data.length; from += size) add(data.subarray(from, from + size), at);
    } else {
      add(data, at);
    }
    if (!hasRoom()) from.pause();
    pump();
  }

  function add(data, at) {
    bytes += data.length ?? 0;
    queue.push({ at, due: dueOf(data, at), data });
  }

  function dueOf(data, at) {
    const passed = now.rates.reduce((from, bucket) => bucket.take(data.length ?? 0, from), at);
    lastDue = Math.max(
      lastDue,
      passed + now.delayMs + (now.jitterMs === 0 ? 0 : (2 * Math.random() - 1) * now.jitterMs),
    );
    return lastDue;
  }

  function pump() {
    if (to === undefined || isOver) return;
    while (head < queue.length && !isBlocked && !now.hole) {
      const wait = queue[head].due - performance.now();
      if (wait > 0.02) return sleep(wait);
      const { data } = queue[head];
      queue[head++] = undefined;
      if (head > 1024 && head * 2 > queue.length) (queue = queue.slice(head)), (head = 0);
      bytes -= data.length ?? 0;
      write(data);
    }
    if (head === queue.length) (queue = []), (head = 0);
    if (!isOver && !isBlocked && from.isPaused() && hasRoom() && !now.hole) from.resume();
  }

  function sleep(wait) {
    if (isPolling) return;
    clearTimeout(timer);
    const { due } = queue[head];
    if (wait > POLL_MS || (due !== polledDue && performance.now() < mayPollAt)) {
      timer = setTimeout(pump, Math.max(1, wait > POLL_MS ? wait - POLL_MS : wait));
      return;
    }
    polledDue = due;
    mayPollAt = due + REST_MS;
    isPolling = true;
    setImmediate(() => {
      isPolling = false;
      pump();
    });
  }

  function write(data) {
    if (data === RESET) return (finish(), onReset());
    if (data === END) return (finish(), void (to.destroyed || to.end()));
    if (to.destroyed || to.writableEnded) return; // the other side has gone: as on a network, nobody takes this
    if (to.write(data)) return;
    isBlocked = true;
    from.pause();
    to.once("drain", () => {
      isBlocked = false;
      if (head < queue.length) pump();
      else if (!isOver) from.resume();
    });
  }

  function finish() {
    isOver = true;
    clearTimeout(timer);
  }

  return {
    /** Begins to deliver. */
    open(socket) {
      to = socket;
      pump();
    },
    /** What is wrong has changed: what waits is due anew. */
    changed(side) {
      now = side;
      isSound = soundness();
      lastDue = 0;
      for (let index = head; index < queue.length; index++)
        queue[index].due = dueOf(queue[index].data, queue[index].at);
      clearTimeout(timer);
      pump();
    },
    close: finish,
  };
}
