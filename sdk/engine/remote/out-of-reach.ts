// What a lab cannot do to a cluster that it has not started.

import { LabError } from "../../model/errors.ts";
import type { Broker } from "../../model/history.ts";

/** @param node a broker's number, or the service of another node */
export function outOfReach(verb: string, node: Broker | string): LabError {
  const isBroker = typeof node === "number";
  return new LabError(
    "UNSUPPORTED",
    `Cannot ${verb} ${isBroker ? `broker ${node}` : node}: the lab has not started this cluster, and ` +
      "reaches its brokers only as a client",
    {
      ...(isBroker && { broker: node }),
      hint:
        "Define a fault with commands of your own for it, such as ssh, kubectl or docker " +
        "(defineFault; docs/add-a-fault.md).",
    },
  );
}
