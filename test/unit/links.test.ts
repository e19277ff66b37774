// Links: the plan as literal tables, and one link between real sockets, without brokers.

import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { once } from "node:events";
import net from "node:net";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { refusal } from "./refusal.ts";
import { type Link, type LinkSides, makeLink } from "../../sdk/engine/local/links/link.mjs";
import { makeBucket, SOUND } from "../../sdk/engine/local/links/pipe.mjs";
import { cannotDo, linkStates, type LinkState, type SideState } from "../../sdk/engine/local/links/plan.ts";
import type { NetFault } from "../../sdk/model/traffic.ts";

const plan = suite("linkStates()");
const nodes = [
  { service: "a", broker: 1 },
  { service: "b", broker: 2 },
  { service: "c", broker: null },
]; // c is only a controller
const side = (changes: Partial<SideState> = {}): SideState => ({
  delayMs: 0,
  jitterMs: 0,
  rates: [],
  hole: false,
  ...changes,
});
const state = (
  up: Partial<SideState>,
  down: Partial<SideState> = {},
  rest: Partial<LinkState> = {},
): LinkState => ({ up: side(up), down: side(down), reset: false, refuse: false, ...rest });
const delay = { kind: "delay", delayMs: 30, jitterMs: 0, broker: 1, path: "all", direction: "out" } as const;
const hole = { kind: "isolate", how: "drop", broker: 1, path: "all", direction: "both" } as const;
const D = { delayMs: 30 };
const CUT = { hole: true };

const TABLE: readonly [
  what: string,
  faults: readonly NetFault[],
  states: Readonly<Record<string, LinkState>>,
][] = [
  ["nothing is wrong with nothing", [], {}],
  [
    "what a broker sends: answers where it was dialled, requests where it dials",
    [delay],
    {
      "a|data|": state({}, D),
      "a|data|b": state({}, D),
      "a|data|c": state({}, D),
      "a|controller|": state({}, D),
      "a|controller|b": state({}, D),
      "a|controller|c": state({}, D),
      "b|data|a": state(D),
      "b|controller|a": state(D),
      "c|data|a": state(D),
      "c|controller|a": state(D),
    },
  ],
  [
    "what a broker receives from clients",
    [{ ...delay, path: "clients", direction: "in" }],
    { "a|data|": state(D), "a|controller|": state(D) },
  ],
  [
    "peers, both ways",
    [{ ...delay, path: "peers", direction: "both" }],
    { "a|data|b": state(D, D), "a|data|c": state(D, D), "b|data|a": state(D, D), "c|data|a": state(D, D) },
  ],
  [
    "controllers: on a controller listener, of either side",
    [{ ...delay, path: "controllers" }],
    {
      "a|controller|b": state({}, D),
      "a|controller|c": state({}, D),
      "b|controller|a": state(D),
      "c|controller|a": state(D),
    },
  ],
  [
    "between two brokers only",
    [{ ...hole, between: [2] }],
    {
      "a|data|b": state(CUT, CUT),
      "a|controller|b": state(CUT, CUT),
      "b|data|a": state(CUT, CUT),
      "b|controller|a": state(CUT, CUT),
    },
  ],
  [
    "one way: what clients hear of it",
    [{ ...hole, path: "clients", direction: "out" }],
    { "a|data|": state({}, CUT), "a|controller|": state({}, CUT) },
  ],
  [
    "reset and refuse are whole links'",
    [
      { ...hole, path: "clients", how: "reset" },
      { ...hole, path: "clients", how: "refuse", broker: 2 },
    ],
    {
      "a|data|": state({}, {}, { reset: true }),
      "a|controller|": state({}, {}, { reset: true }),
      "b|data|": state({}, {}, { refuse: true }),
      "b|controller|": state({}, {}, { refuse: true }),
    },
  ],
  [
    "delays add up, a limit is shared by all links of its fault",
    [
      { ...delay, path: "clients" },
      { ...delay, path: "clients", jitterMs: 5 },
      { kind: "throttle", bytesPerSecond: 1000, broker: 1, path: "clients", direction: "out" },
    ],
    {
      "a|data|": state({}, { delayMs: 60, jitterMs: 5, rates: [{ id: "2/out", bytesPerSecond: 1000 }] }),
      "a|controller|": state(
        {},
        { delayMs: 60, jitterMs: 5, rates: [{ id: "2/out", bytesPerSecond: 1000 }] },
      ),
    },
  ],
];
for (const [what, faults, states] of TABLE) plan(what, () => assert.equal(linkStates(faults, nodes), states));
plan("what packets suffer, no link can do", () => {
  for (const kind of ["lose", "duplicate", "corrupt", "reorder"] as const) {
    const fault = { kind, percent: 1, broker: 1, path: "all", direction: "out" } as const;
    assert.match(cannotDo(fault)!, /streams, not packets/);
    assert.throws(() => linkStates([fault], nodes), refusal(TypeError, kind));
  }
  assert.is(cannotDo(delay), undefined);
});
plan.run();

/** The code with which a new client is refused; undefined where it is connected. */
function refused(): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = net.connect({ port, host: "127.0.0.1" }, () => (socket.destroy(), resolve(undefined)));
    socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code));
  });
}

interface World {
  link: Link;
  /** Makes this all that is wrong. */
  set(sides: Partial<LinkSides>): Promise<void>;
  dial(): Promise<net.Socket>;
  /** The broker's end of connections, in order. */
  accepted: net.Socket[];
  opened(count: number): Promise<net.Socket>;
  queued(): number;
}

const test = suite<World>("makeLink()");
const port = 31_871 + (process.pid % 100) * 2; // below the ports of outgoing connections
let broker: net.Server;
let open: net.Socket[];
test.before.each(async (world) => {
  open = [];
  world.accepted = [];
  broker = net.createServer({ allowHalfOpen: true }, (socket) => {
    socket.on("error", () => {});
    world.accepted.push(socket);
    open.push(socket);
    broker.emit("accepted");
  });
  await once(broker.listen(port + 1, "127.0.0.1"), "listening");
  let sides: LinkSides = { up: SOUND, down: SOUND, reset: false, refuse: false };
  let bytes = 0;
  world.queued = () => bytes;
  world.link = makeLink({
    listeners: [{ dialer: "", host: "127.0.0.1", port }],
    to: port + 1,
    state: () => sides,
    onQueued: (_dialer, count) => (bytes += count),
  });
  await world.link.serve();
  world.set = async (changes) => {
    sides = { up: SOUND, down: SOUND, reset: false, refuse: false, ...changes };
    await world.link.changed();
  };
  world.dial = async () => {
    const socket = net.connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    socket.on("error", () => {});
    open.push(socket);
    await once(socket, "connect");
    return socket;
  };
  world.opened = async (count) => {
    while (world.accepted.length < count) await once(broker, "accepted");
    return world.accepted[count - 1]!;
  };
});
test.after.each((world) => {
  for (const socket of open) socket.destroy();
  world.link.stopListening();
  broker.close();
});

const ms = (began: number): number => performance.now() - began;
/** Resolves with whether it ended by an error; once() would reject. */
const closed = (socket: net.Socket): Promise<boolean> =>
  new Promise((resolve) => socket.once("close", resolve));
/** Dials and says whether an error ended it, before or after it was connected. */
function ended(): Promise<boolean> {
  const socket = net.connect({ port, host: "127.0.0.1" });
  socket.on("error", () => {}).resume();
  return closed(socket);
}
const heard = async (socket: net.Socket): Promise<string> => String((await once(socket, "data"))[0]);

test("passes on both ways, half-closes and ends with its sides", async ({ link, dial, opened }) => {
  const client = await dial();
  const server = await opened(1);
  client.end("ask");
  assert.is(await heard(server), "ask");
  await once(server, "end");
  server.end("answer");
  assert.is(await heard(client), "answer");
  await once(client, "close");
  while (link.connections > 0) await new Promise((resolve) => setImmediate(resolve));
});

test("a delay of D adds D to each answer, and D to the dialling that a new connection waits for", async ({
  set,
  dial,
  opened,
}) => {
  const D = 400;
  await set({ down: { ...SOUND, delayMs: D } });
  const began = performance.now();
  const client = await dial();
  assert.ok(ms(began) < D, "it accepts at once");
  client.write("1");
  const server = await opened(1);
  assert.ok(ms(began) >= D - 1, `it dialled after ${ms(began)} ms`);
  server.on("data", (chunk) => server.write(chunk));
  await heard(client);
  assert.ok(ms(began) >= 2 * D - 2 && ms(began) < 3 * D, `first answer after ${ms(began)} ms`);
  const warm = performance.now();
  client.write("2");
  await heard(client);
  assert.ok(ms(warm) >= D - 1 && ms(warm) < 2 * D, `next answer after ${ms(warm)} ms`);
});

for (const side of ["broker", "client"] as const)
  test(`a reset by the ${side} arrives after the delay`, async ({ set, dial, opened, link }) => {
    const D = 120;
    const client = await dial();
    const server = await opened(1);
    await set({ up: { ...SOUND, delayMs: D }, down: { ...SOUND, delayMs: D } });
    const [from, to] = side === "broker" ? [server, client] : [client, server];
    to.resume();
    const began = performance.now();
    const arrived = Promise.race([closed(to), new Promise<string>((r) => setTimeout(r, 2000, "never"))]);
    from.resetAndDestroy();
    assert.is(await arrived, true);
    assert.ok(ms(began) >= D - 1, `after ${ms(began)} ms`);
    while (link.connections > 0) await new Promise((resolve) => setImmediate(resolve));
  });

test("jitter and changes of a delay keep the order", async ({ set, dial, opened }) => {
  const client = await dial();
  const server = await opened(1);
  const numbers: number[] = [];
  let rest = "";
  server.on("data", (chunk) => {
    const words = (rest + String(chunk)).split(" ");
    rest = words.pop()!;
    numbers.push(...words.map(Number));
  });
  for (let i = 0; i < 300; i++) {
    if (i % 50 === 0) await set(i % 100 === 0 ? { up: { ...SOUND, delayMs: 20, jitterMs: 20 } } : {});
    client.write(`${i} `);
    if (i % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  }
  client.end();
  await once(server, "end");
  assert.equal(
    numbers,
    Array.from({ length: 300 }, (_, i) => i),
  );
});

test("loses not a byte where a long delay is removed under load, at once", async ({
  set,
  dial,
  opened,
  queued,
}) => {
  await set({ up: { ...SOUND, delayMs: 6000 }, down: SOUND });
  const client = await dial();
  const sent = createHash("sha256"),
    got = createHash("sha256");
  const block = Buffer.alloc(64 << 10);
  const total = 240; // 15 MB: three seconds' worth of 5 MB/s
  for (let i = 0; i < total; i++) {
    block.fill(i);
    sent.update(block);
    client.write(Buffer.from(block));
  }
  client.end();
  while (queued() < total * block.length) await new Promise((resolve) => setTimeout(resolve, 5));
  const began = performance.now();
  await set({});
  const server = await opened(1);
  server.on("data", (chunk) => got.update(chunk));
  await once(server, "end");
  assert.ok(ms(began) < 6000, `it took ${ms(began)} ms: the delay was waited for`);
  assert.is(got.digest("hex"), sent.digest("hex"));
});

test("a receiver that does not read holds the sender up, and nothing is lost", async ({
  set,
  dial,
  opened,
}) => {
  await set({ up: { ...SOUND, delayMs: 1 } });
  const client = await dial();
  const server = await opened(1);
  server.pause();
  const block = Buffer.alloc(1 << 20, 7);
  for (let i = 0; i < 100; i++) client.write(block);
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.ok(client.writableLength > 0, "100 MB went into a link that nobody reads from");
  let bytes = 0;
  server.on("data", (chunk) => (bytes += chunk.length)).resume();
  client.end();
  await once(server, "end");
  assert.is(bytes, 100 << 20);
});

test("a limit is kept by all connections together", async ({ set, dial, opened }) => {
  await set({ up: { ...SOUND, rates: [makeBucket(200_000)] } });
  const clients = [await dial(), await dial()];
  const began = performance.now();
  let bytes = 0;
  for (const [index, client] of clients.entries()) {
    (await opened(index + 1)).on("data", (chunk) => (bytes += chunk.length));
    client.end(Buffer.alloc(30_000));
  }
  for (const [index] of clients.entries()) {
    const server = await opened(index + 1);
    if (!server.readableEnded) await once(server, "end");
  }
  assert.is(bytes, 60_000);
  assert.ok(ms(began) >= 290, `60 kB at 200 kB/s took ${ms(began)} ms`);
});

test("a black hole holds what is sent, and heals without loss", async ({ set, dial, opened }) => {
  const client = await dial();
  const server = await opened(1);
  await set({ up: { ...SOUND, hole: true }, down: { ...SOUND, hole: true } });
  const late = await dial(); // accepted, and not dialled
  let text = "";
  server.on("data", (chunk) => (text += chunk));
  client.write("held ");
  late.write("late");
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.is(text, "");
  await set({});
  assert.is(await heard(await opened(2)), "late");
  client.end("back");
  await once(server, "end");
  assert.is(text, "held back");
});

test("one way: requests arrive, answers do not", async ({ set, dial, opened }) => {
  const client = await dial();
  const server = await opened(1);
  await set({ down: { ...SOUND, hole: true } });
  client.write("ask");
  assert.is(await heard(server), "ask");
  server.write("answer");
  let isAnswered = false;
  client.once("data", () => (isAnswered = true));
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.not(isAnswered);
  await set({});
  while (!isAnswered) await new Promise((resolve) => setTimeout(resolve, 1));
});

test("resets what is open and what comes; heals", async ({ set, dial, opened }) => {
  const client = await dial();
  const server = await opened(1);
  const ends = Promise.all([closed(client), closed(server)]);
  await set({ reset: true });
  await ends;
  assert.ok(await ended(), "a new connection was not reset");
  await set({});
  (await dial()).write("fine");
  assert.is(await heard(await opened(2)), "fine");
});

test("refuses new connections and spares those that are open", async ({ set, dial, opened }) => {
  const client = await dial();
  const server = await opened(1);
  await set({ refuse: true });
  const refused = await new Promise((resolve) =>
    net
      .connect({ port, host: "127.0.0.1" })
      .once("error", (error: NodeJS.ErrnoException) => resolve(error.code)),
  );
  assert.is(refused, "ECONNREFUSED");
  client.write("still here");
  assert.is(await heard(server), "still here");
  await set({});
  await dial();
  await opened(2);
});

test("tells that somebody has taken its port while it refused, and opens it the next time", async ({
  set,
  dial,
  opened,
}) => {
  await set({ refuse: true });
  const taker = net.createServer();
  await once(taker.listen(port, "127.0.0.1"), "listening");
  const error = await set({}).then(
    () => undefined,
    (reason: NodeJS.ErrnoException) => reason,
  );
  await new Promise((resolve) => taker.close(resolve));
  assert.is(error?.code, "EADDRINUSE");
  await set({});
  await dial();
  await opened(1);
});

test("does not listen where it was stopped before it had begun to", async ({ link, set }) => {
  await set({ refuse: true });
  const opening = set({});
  link.stopListening();
  await opening;
  assert.is(await refused(), "ECONNREFUSED");
});

test("resets a client whose broker does not listen, refuses while its process has ended", async ({
  link,
}) => {
  await new Promise((resolve) => broker.close(resolve));
  assert.ok(await ended(), "it was not reset");
  link.stopListening();
  assert.is(await refused(), "ECONNREFUSED");
  await once(broker.listen(port + 1, "127.0.0.1"), "listening");
});

test("a broker that resets ends its clients", async ({ dial, opened }) => {
  const client = await dial();
  const server = await opened(1);
  server.destroy();
  await once(client, "end");
});
test.run();
