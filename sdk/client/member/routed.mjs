// Dials the lab's links in place of the brokers.

import net from "node:net";
import tls from "node:tls";

/** A socket factory for kafkajs. @param routes by a broker's `host:port`, where to dial instead */
export function routed(routes) {
  return ({ host, port, ssl, onConnect }) => {
    const [, toHost, toPort] = /^(.*):(\d+)$/.exec(routes[`${host}:${port}`] ?? `${host}:${port}`);
    const to = { host: toHost, port: Number(toPort) };
    const socket = ssl
      ? tls.connect({ ...to, servername: host, ...ssl }, onConnect)
      : net.connect(to, onConnect);
    return socket.setKeepAlive(true, 60_000);
  };
}
