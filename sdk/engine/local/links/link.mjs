// @ts-self-types="./link.d.mts"
// One listener's front: accepts for a broker on several addresses, each of which tells who dials, and joins
// every connection to the broker.
//
//   127.0.0.1:29091 (anybody) ──┐
//   127.0.0.151:29091 (node 1) ─┼─▶ accept at once ─▶ dial, as late as the network is slow ─▶ 127.0.0.1:<broker's own port>
//   127.0.0.152:29091 (node 2) ─┘
//
// This is how a published docker port behaves: its proxy accepts before it dials. Plain JavaScript: see
// relay.mjs.

import net from "node:net";
import { performance } from "node:perf_hooks";
import { makePipe } from "./pipe.mjs";

/**
 * `state(dialer)` is what is wrong now between a dialer and the broker: { up, down, reset, refuse };
 * `onQueued` hears of bytes that a fault acts on.
 */
export function makeLink({ listeners, to, state, onQueued }) {
  const joined = new Set(); // of every connection: hears that what is wrong has changed
  const servers = new Map(); // by dialer
  let isServing = false;

  async function serve() {
    isServing = true;
    await Promise.all(listeners.map(open));
  }

  function open(listener) {
    const { dialer, host, port } = listener;
    if (servers.has(dialer) || state(dialer).refuse) return undefined;
    const server = net.createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
      accept(socket, dialer),
    );
    servers.set(dialer, server);
    return new Promise((resolve, reject) =>
      server.once("error", reject).listen({ host, port, exclusive: true, backlog: 511 }, resolve),
    ).catch((error) => {
      if (servers.get(dialer) === server) servers.delete(dialer); // the next time it is tried again
      throw error;
    });
  }

  function shut(dialer) {
    servers.get(dialer)?.close();
    servers.delete(dialer);
  }

  function accept(client, dialer) {
    client.setNoDelay(true);
    client.on("error", () => {}); // its pipe tells the broker
    if (state(dialer).reset) return reset(client);
    const acceptedAt = performance.now();
    let timer;
    let broker;
    joined.add(changed);
    const up = makePipe({
      from: client,
      side: state(dialer).up,
      onQueued: (count) => onQueued(dialer, count),
      onReset: drop,
    });
    let down;
    client.once("close", leave);
    dial();

    function dial() {
      clearTimeout(timer);
      const { up: there, down: back } = state(dialer);
      if (there.hole || back.hole) return; // a change will tell
      const wait = acceptedAt + there.delayMs + back.delayMs - performance.now();
      if (wait > 0) return void (timer = setTimeout(dial, wait));
      broker = net.connect({ port: to, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
      broker.setNoDelay(true);
      broker.once("connect", () => up.open(broker)).once("close", leave);
      broker.on("error", () => {}); // its pipe resets the client in its turn
      down = makePipe({
        from: broker,
        side: state(dialer).down,
        onQueued: (count) => onQueued(dialer, count),
        onReset: drop,
      });
      down.open(client);
    }

    function changed() {
      if (state(dialer).reset) return drop();
      if (broker === undefined) dial();
      up.changed(state(dialer).up);
      down?.changed(state(dialer).down);
    }

    function drop() {
      reset(client);
      if (broker !== undefined) reset(broker);
      leave(true);
    }

    function leave(now) {
      if (now !== true && !(client.destroyed && (broker === undefined || broker.destroyed))) return;
      clearTimeout(timer);
      up.close();
      down?.close();
      joined.delete(changed);
    }
  }

  return {
    serve,
    /** Refuses connections, as a port on which nobody listens; those that are open end with their broker. */
    stopListening() {
      isServing = false;
      for (const dialer of [...servers.keys()]) shut(dialer);
    },
    /** What is wrong has changed. */
    async changed() {
      for (const { dialer } of listeners) if (state(dialer).refuse) shut(dialer);
      for (const change of [...joined]) change();
      if (isServing) await serve();
    },
    get connections() {
      return joined.size;
    },
  };
}

function reset(socket) {
  if (socket.destroyed) return;
  if (typeof socket.resetAndDestroy === "function") socket.resetAndDestroy();
  else socket.destroy();
}
