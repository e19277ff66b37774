// The Network port in front of somebody's cluster: a link for each broker, which the lab's own clients dial
// in place of the broker. Nobody else's traffic passes there.
//
//   the lab's kafkajs client ──▶ 127.0.0.1:<link> ──▶ the broker's advertised address
//   everybody else           ─────────────────────▶ the broker's advertised address

import { LabError } from "../../model/errors.ts";
import { type NetFault, type ProbeRoute, sayFault } from "../../model/traffic.ts";
import { cannotDo } from "../local/links/plan.ts";
import type { Line, Network } from "../network.ts";

const WHAT_CAN =
  "What acts on the lab's own kafkajs clients can be done: net.delay, net.throttle and net.isolate with " +
  '{ path: "clients" }. ' +
  "For anything else define a fault with commands of your own (defineFault; docs/add-a-fault.md).";

/** Limits the links' network to what acts on the lab's own clients. */
export function clientsOnly(links: Network): Network {
  return {
    check: (faults) =>
      new Promise((resolve) => {
        for (const fault of faults) assertCan(fault);
        resolve();
      }),
    apply: (faults, options) => links.apply(faults, options),
    counts: (broker) => links.counts(broker),
    line: (route) =>
      route.path === "clients" ? links.line(route) : Promise.resolve<Line | string>(unseen(route)),
  };
}

/** @throws LabError UNSUPPORTED */
function assertCan(fault: NetFault): void {
  const why = cannotDo(fault) ?? reasonOf(fault);
  if (why === undefined) return;
  throw new LabError("UNSUPPORTED", `Cannot make a ${sayFault(fault)}: ${why}`, {
    broker: fault.broker,
    hint: WHAT_CAN,
  });
}

function reasonOf({ path, between }: NetFault): string | undefined {
  if (path === "clients" && between === undefined) return undefined;
  return "the lab has not started this cluster, so it reaches no traffic but its own clients'";
}

function unseen({ broker, path }: ProbeRoute): string {
  return `the lab cannot measure the path ${path} of broker ${broker}: it is a client of this cluster`;
}
