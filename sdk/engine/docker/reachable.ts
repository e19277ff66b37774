// Whether this machine reaches an address within the containers' network, as Linux does and Docker Desktop
// does not.

import net from "node:net";
import { splitAddress } from "../../kafka/security/mod.ts";

const REACH_MS = 300;

/** Dials `host:port`. A refused connection counts as reached: the broker has not bound its port yet. */
export function isReachable(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ ...splitAddress(address), timeout: REACH_MS });
    const settle = (is: boolean) => (): void => {
      socket.destroy();
      resolve(is);
    };
    socket
      .once("connect", settle(true))
      .once("timeout", settle(false))
      .once("error", ({ code }: NodeJS.ErrnoException) => settle(code === "ECONNREFUSED")());
  });
}
