// @ts-self-types="./pipe.d.mts"
// One direction of one connection: what comes in goes out in order, when it is due, and never faster than the
// other side takes it.
//
//   from ──read──▶ [ piece, due at │ piece, due at │ … ] ──write──▶ to
//                   ▲ delay, jitter, rates               ▲ not while `hole`
//
// Without a fault and with an empty queue, what is read is written at once.
//
// The end of a stream and its reset travel in the queue like everything else. When a fault is healed, what
// waits goes out at once: TCP would send again what a real network lost, so no byte may be missing. Plain
// JavaScript: see relay.mjs.

import { performance } from "node:perf_hooks";

/** So many bytes may wait before the sender is held up: 10 s at 6.4 MB/s. */
const HIGH = 64 << 20;
/** For this long before a piece is due it is polled instead of slept: timers are up to 1.1 ms late. */
const POLL_MS = 1.5;
/**
 * For this long after a piece nothing is polled: under load that would occupy a processor, and a piece behind
 * others may be a millisecond late.
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
 * `side` is the fault: { delayMs, jitterMs, rates, hole }, the rates as buckets.
 */
export function makePipe({ from, side = SOUND, onQueued, onReset }) {
  const pipe = {
    from,
    onReset,
    to: undefined,
    side,
    isSound: isSoundSide(side),
    pieces: makePieces(),
    timer: undefined,
    isPolling: false,
    polledDue: 0,
    isBlocked: false,
    isOver: false,
    lastDue: 0,
  };
  from.on("data", (chunk) => {
    if (pipe.isSound && pipe.to !== undefined && !pipe.isBlocked && pipe.pieces.isEmpty)
      return write(pipe, chunk);
    onQueued?.(chunk.length);
    push(pipe, chunk);
  });
  from.on("end", () => push(pipe, END));
  from.on("error", () => push(pipe, RESET));
  from.on("close", () => push(pipe, RESET)); // without an end before it
  return {
    /** Begins to deliver. */
    open(socket) {
      pipe.to = socket;
      pump(pipe);
    },
    /** The fault has changed: what waits is due anew. */
    changed(changed) {
      pipe.side = changed;
      pipe.isSound = isSoundSide(changed);
      pipe.lastDue = 0;
      pipe.pieces.forEach((piece) => (piece.due = dueOf(pipe, piece.data, piece.at)));
      clearTimeout(pipe.timer);
      pump(pipe);
    },
    close: () => finish(pipe),
  };
}

function isSoundSide({ hole, delayMs, jitterMs, rates }) {
  return !hole && delayMs === 0 && jitterMs === 0 && rates.length === 0;
}

/** A queue of pieces { at, due, data } that is cheap to shift from. */
function makePieces() {
  let queue = [];
  let head = 0;
  let bytes = 0;
  return {
    get isEmpty() {
      return head === queue.length;
    },
    get bytes() {
      return bytes;
    },
    get first() {
      return queue[head];
    },
    get last() {
      return queue.at(-1);
    },
    add(piece) {
      bytes += piece.data.length ?? 0;
      queue.push(piece);
    },
    shift() {
      const { data } = queue[head];
      queue[head++] = undefined;
      if (head === queue.length || (head > 1024 && head * 2 > queue.length)) {
        queue = queue.slice(head);
        head = 0;
      }
      bytes -= data.length ?? 0;
      return data;
    },
    forEach(change) {
      for (let index = head; index < queue.length; index++) change(queue[index]);
    },
  };
}

function lowestRate(rates) {
  return Math.min(...rates.map(({ bytesPerSecond }) => bytesPerSecond));
}

function hasRoom({ pieces, side }) {
  const most = side.rates.length === 0 ? HIGH : Math.min(HIGH, Math.max(65_536, lowestRate(side.rates)));
  return pieces.bytes < most;
}

function push(pipe, data) {
  const last = pipe.pieces.last?.data;
  if (pipe.isOver || last === END || last === RESET) return;
  const at = performance.now();
  const { rates } = pipe.side;
  if (typeof data !== "symbol" && rates.length > 0) {
    const size = Math.max(1448, Math.min(65_536, lowestRate(rates) / 50)); // 20 ms' worth
    for (let from = 0; from < data.length; from += size) add(pipe, data.subarray(from, from + size), at);
  } else {
    add(pipe, data, at);
  }
  if (!hasRoom(pipe)) pipe.from.pause();
  pump(pipe);
}

function add(pipe, data, at) {
  pipe.pieces.add({ at, due: dueOf(pipe, data, at), data });
}

function dueOf(pipe, data, at) {
  const { rates, delayMs, jitterMs } = pipe.side;
  const passed = rates.reduce((from, bucket) => bucket.take(data.length ?? 0, from), at);
  const jitter = jitterMs === 0 ? 0 : (2 * Math.random() - 1) * jitterMs;
  pipe.lastDue = Math.max(pipe.lastDue, passed + delayMs + jitter);
  return pipe.lastDue;
}

/** Delivers what is due, and sleeps until the next piece is. */
function pump(pipe) {
  const { pieces, from } = pipe;
  if (pipe.to === undefined || pipe.isOver) return;
  while (!pieces.isEmpty && !pipe.isBlocked && !pipe.side.hole) {
    const wait = pieces.first.due - performance.now();
    if (wait > 0.02) return sleep(pipe, wait);
    write(pipe, pieces.shift());
  }
  if (!pipe.isOver && !pipe.isBlocked && from.isPaused() && hasRoom(pipe) && !pipe.side.hole) from.resume();
}

function sleep(pipe, wait) {
  if (pipe.isPolling) return;
  clearTimeout(pipe.timer);
  const { due } = pipe.pieces.first;
  if (wait > POLL_MS || (due !== pipe.polledDue && performance.now() < mayPollAt)) {
    pipe.timer = setTimeout(() => pump(pipe), Math.max(1, wait > POLL_MS ? wait - POLL_MS : wait));
    return;
  }
  pipe.polledDue = due;
  mayPollAt = due + REST_MS;
  pipe.isPolling = true;
  setImmediate(() => {
    pipe.isPolling = false;
    pump(pipe);
  });
}

function write(pipe, data) {
  const { to, from } = pipe;
  if (data === RESET) return (finish(pipe), pipe.onReset());
  if (data === END) return (finish(pipe), void (to.destroyed || to.end()));
  if (to.destroyed || to.writableEnded) return; // the other side has gone: as on a network, nobody takes this
  if (to.write(data)) return;
  pipe.isBlocked = true;
  from.pause();
  to.once("drain", () => {
    pipe.isBlocked = false;
    if (!pipe.pieces.isEmpty) pump(pipe);
    else if (!pipe.isOver) from.resume();
  });
}

function finish(pipe) {
  pipe.isOver = true;
  clearTimeout(pipe.timer);
}
