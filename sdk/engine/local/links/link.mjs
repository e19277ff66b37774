// @ts-self-types="./link.d.mts"
// In front of one listener: accepts for a broker on several addresses, each of which identifies the dialer,
// and joins every connection to the broker.
//
//   127.0.0.1:29091 (anybody) ──┐
//   127.0.0.151:29091 (node 1) ─┼─▶ accept at once ─▶ dial after the delay ─▶ 127.0.0.1:<broker's own port>
//   127.0.0.152:29091 (node 2) ─┘
//
// This is how a published docker port behaves: its proxy accepts before it dials. Plain JavaScript: see
// relay.mjs.

import net from "node:net";
import { performance } from "node:perf_hooks";
import { makePipe } from "./pipe.mjs";

/**
 * `state(dialer)` is the fault between a dialer and the broker: { up, down, reset, refuse };
 * `onQueued` is called with the bytes that a fault acts on, `onAccepted` with every client's socket.
 */
export function makeLink({ listeners, to, host = "127.0.0.1", state, onQueued, onAccepted }) {
  const link = {
    listeners,
    to,
    host,
    state,
    onQueued,
    onAccepted,
    joined: new Set(), // a function for every connection: the fault has changed
    servers: new Map(), // by dialer
    isServing: false,
  };
  return {
    serve: () => serve(link),
    /** Refuses connections, as a port on which nobody listens; those that are open end with their broker. */
    stopListening() {
      link.isServing = false;
      for (const dialer of [...link.servers.keys()]) shut(link, dialer);
    },
    /** The fault has changed. */
    async changed() {
      for (const { dialer } of listeners) if (state(dialer).refuse) shut(link, dialer);
      for (const change of [...link.joined]) change();
      if (link.isServing) await serve(link);
    },
    get connections() {
      return link.joined.size;
    },
  };
}

async function serve(link) {
  link.isServing = true;
  await Promise.all(link.listeners.map((listener) => open(link, listener)));
}

function open(link, { dialer, host, port }) {
  const { servers } = link;
  if (servers.has(dialer) || link.state(dialer).refuse) return undefined;
  const server = net.createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
    join(link, socket, dialer),
  );
  servers.set(dialer, server);
  return new Promise((resolve, reject) =>
    server
      .once("error", reject)
      .once("close", resolve) // shut before it listened
      .listen({ host, port, exclusive: true, backlog: 511 }, () => {
        if (servers.get(dialer) !== server) server.close(); // a runtime that listens nevertheless
        resolve();
      }),
  ).catch((error) => {
    if (servers.get(dialer) === server) servers.delete(dialer); // the next time it is tried again
    throw error;
  });
}

function shut({ servers }, dialer) {
  servers.get(dialer)?.close();
  servers.delete(dialer);
}

/** Joins an accepted client to the broker. */
function join(link, client, dialer) {
  client.setNoDelay(true);
  client.on("error", () => {}); // its pipe resets the broker
  link.onAccepted?.(dialer, client);
  const current = () => link.state(dialer);
  if (current().reset) return reset(client);
  const connection = {
    link,
    dialer,
    current,
    client,
    acceptedAt: performance.now(),
    timer: undefined,
    broker: undefined,
    up: undefined, // from the client to the broker
    down: undefined,
    changed: () => changed(connection),
  };
  link.joined.add(connection.changed);
  connection.up = pipeFrom(connection, client, current().up);
  client.once("close", () => leaveIfOver(connection));
  dial(connection);
}

function pipeFrom(connection, from, side) {
  const { link, dialer } = connection;
  return makePipe({
    from,
    side,
    onQueued: (count) => link.onQueued(dialer, count),
    onReset: () => drop(connection),
  });
}

/** Dials the broker once the delays have passed. */
function dial(connection) {
  const { link, current, client, up } = connection;
  clearTimeout(connection.timer);
  const { up: there, down: back } = current();
  if (there.hole || back.hole) return; // changed() dials
  const wait = connection.acceptedAt + there.delayMs + back.delayMs - performance.now();
  if (wait > 0) return void (connection.timer = setTimeout(() => dial(connection), wait));
  const broker = net.connect({ port: link.to, host: link.host, allowHalfOpen: true, noDelay: true });
  connection.broker = broker;
  broker.setNoDelay(true);
  broker.once("connect", () => up.open(broker)).once("close", () => leaveIfOver(connection));
  broker.on("error", () => {}); // its pipe resets the client
  connection.down = pipeFrom(connection, broker, current().down);
  connection.down.open(client);
}

function changed(connection) {
  const { current, up } = connection;
  if (current().reset) return drop(connection);
  if (connection.broker === undefined) dial(connection);
  up.changed(current().up);
  connection.down?.changed(current().down);
}

function drop(connection) {
  reset(connection.client);
  if (connection.broker !== undefined) reset(connection.broker);
  leave(connection);
}

/** While one side is open, a reset of the other may still be on its way to it. */
function leaveIfOver(connection) {
  const { client, broker } = connection;
  if (client.destroyed && (broker === undefined || broker.destroyed)) leave(connection);
}

function leave(connection) {
  clearTimeout(connection.timer);
  connection.up.close();
  connection.down?.close();
  connection.link.joined.delete(connection.changed);
}

function reset(socket) {
  if (socket.destroyed) return;
  if (typeof socket.resetAndDestroy === "function") socket.resetAndDestroy();
  else socket.destroy();
}
