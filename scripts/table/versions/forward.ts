// A TCP forward on loopback, in the role of a name or a load balancer in front of brokers.

import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A port that leads somewhere else. */
export interface Forward extends AsyncDisposable {
  readonly port: number;
  /** How many connections it has accepted. */
  readonly accepted: number;
  /** Leads new connections to another port of this machine; those that are open stay. */
  lead(to: number): void;
  /** Ends the connections that are open. */
  cut(): void;
}

/** @throws the system's own error where the port is taken */
export async function startForward({
  host = "127.0.0.1",
  port = 0,
  to,
}: {
  host?: string;
  /** @default any that is free */
  port?: number;
  to: number;
}): Promise<Forward> {
  let target = to;
  let accepted = 0;
  const open = new Set<Socket>();
  const server = createServer((near) => {
    accepted++;
    const far = connect(target, "127.0.0.1");
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one);
      one.on("error", () => {}); // `close` follows
      one.once("close", () => {
        open.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  const cut = (): void => {
    for (const one of open) one.destroy();
  };
  server.listen(port, host);
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    get accepted() {
      return accepted;
    },
    lead: (next) => void (target = next),
    cut,
    async [Symbol.asyncDispose]() {
      cut();
      server.close();
      await once(server, "close");
    },
  };
}

/** The port of `host:port`. */
export function portOf(address: string): number {
  return Number(address.slice(address.lastIndexOf(":") + 1));
}
