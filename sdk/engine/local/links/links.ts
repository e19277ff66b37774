// The SDK's side of the links: sets their faults, and measures on them.
//
//   faults ─▶ plan.ts (pure: a state for each link) ─▶ relay-process.ts ─▶ relay.mjs, link.mjs, pipe.mjs

import { performance } from "node:perf_hooks";
import { LabError } from "../../../model/errors.ts";
import type { ProcessRecord } from "../../../runtime/guardian/records.mjs";
import type { Security } from "../../../model/security.ts";
import { type NetFault, type ProbeRoute, sayFault } from "../../../model/traffic.ts";
import { openEcho } from "../../echo.ts";
import type { Applied, Counts, Line, Network } from "../../network.ts";
import { cannotDo, type LinkedNode, type LinkKind, linkStates } from "./plan.ts";
import { type Accepted, type Relay, startRelay } from "./relay-process.ts";

/** A link to be made. */
export interface LinkOrder {
  node: string;
  kind: LinkKind;
  /** Where it accepts, and for whom; the empty name is anybody. */
  listeners: readonly { dialer: string; host: string; port: number }[];
  /** The broker's own port. */
  to: number;
  /** Its host. @default 127.0.0.1 */
  host?: string;
  /** The security protocol of the listener behind it. @default "PLAINTEXT" */
  protocol?: string;
}

export type { Accepted } from "./relay-process.ts";

export interface LinksNode extends LinkedNode {
  /** `host:port` at which clients dial it. */
  client: string | null;
  /** What its certificate has to name. @default the host of `client` */
  name?: string;
}

export interface Links {
  readonly pid: number;
  readonly network: Network;
  /** The node's process is about to run: accept for it. */
  listen(service: string): Promise<void>;
  /**
   * The node's process has ended: refuse. One that `restartsAfterOwner` listens again at the latest when the
   * owner is gone.
   */
  stopListening(service: string, options?: { restartsAfterOwner?: boolean }): void;
  /** Ends the links; with `keep` heals them and lets go. */
  close(options: { keep: boolean }): Promise<void>;
}

const DIFFERS: readonly string[] = [
  "a TCP link in front of the listener: connections are accepted at once and dialled after the delay, " +
    "as by a published docker port; set-up timeouts of clients and peers do not fire",
];

interface LinksState {
  readonly relay: Relay;
  readonly nodes: readonly LinksNode[];
  readonly orders: readonly LinkOrder[];
  readonly security: Security | undefined;
  isClosed: boolean;
}

/**
 * Starts the links.
 *
 * @throws LabError PORT_TAKEN, COMMAND_FAILED
 */
export async function startLinks({
  record,
  nodes,
  orders,
  onAccepted,
  security,
}: {
  record: ProcessRecord;
  nodes: readonly LinksNode[];
  orders: readonly LinkOrder[];
  /** Called for each connection that anybody but a node has opened. */
  onAccepted?: (one: Accepted) => void;
  /** What round trips on encrypted listeners use. */
  security?: Security | undefined;
}): Promise<Links> {
  const relay = startRelay(record, onAccepted);
  const state: LinksState = { relay, nodes, orders, security, isClosed: false };
  try {
    await relay.request({ open: orders });
  } catch (error) {
    await close(state, { keep: false });
    throw error;
  }
  return {
    pid: relay.pid,
    network: {
      check,
      apply: (faults) => apply(state, faults),
      line: (how) => Promise.resolve(lineTo(state, how)),
      counts: (broker) => counts(state, broker),
    },
    listen: async (service) => void (await relay.request({ serve: service })),
    stopListening: (service, { restartsAfterOwner = false } = {}) =>
      void (state.isClosed || relay.request({ stopListening: service, restartsAfterOwner }).catch(() => {})),
    close: (how) => close(state, how),
  };
}

async function close(state: LinksState, { keep: letLive }: { keep: boolean }): Promise<void> {
  if (state.isClosed) return;
  state.isClosed = true;
  const { relay } = state;
  if (letLive) return relay.endInput();
  await relay.request({ end: true }).catch(() => {});
  relay.holdOpen(true);
  await relay.ended;
}

async function check(faults: readonly NetFault[]): Promise<void> {
  const one = faults.find((fault) => cannotDo(fault) !== undefined);
  if (one === undefined) return;
  throw new LabError(
    "UNSUPPORTED",
    `Cannot make a ${sayFault(one)} with the local engine: ${cannotDo(one)}`,
    {
      broker: one.broker,
      hint:
        "The docker engine can, where the kernel has sch_netem: LAB_ENGINE=docker. " +
        "Here there are delay, throttle, isolate and split.",
    },
  );
}

async function apply({ relay, nodes }: LinksState, faults: readonly NetFault[]): Promise<Applied> {
  const beganAt = performance.now();
  await relay.request({ set: linkStates(faults, nodes) });
  const effectAt = performance.now();
  return {
    effectAt,
    tookMs: effectAt - beganAt,
    via: "TCP link",
    differs: faults.length === 0 ? [] : DIFFERS,
  };
}

/** A line to the broker on a path, or why there is none. */
function lineTo({ nodes, orders, security }: LinksState, { broker, path, from }: ProbeRoute): Line | string {
  const node = nodes.find((one) => one.broker === broker);
  if (path === "clients")
    return node?.client
      ? openEcho(node.client, security, node.name)
      : `broker ${broker} has no listener for clients`;
  const kind = path === "controllers" ? "controller" : "data";
  const dialer = nodes.find((one) => (from === undefined ? one !== node : one.broker === from))?.service;
  const link = orders
    .filter((one) => one.node === node?.service && one.kind === kind)
    .flatMap(({ listeners, protocol }) => listeners.map((one) => ({ ...one, protocol })))
    .find((one) => one.dialer === dialer);
  if (link === undefined) return `nobody dials broker ${broker} on the path ${path}`;
  const { host, port, protocol = "PLAINTEXT" } = link;
  if (!/SSL|SASL/i.test(protocol)) return openEcho(`${host}:${port}`);
  const own = security?.on(protocol);
  return own === undefined
    ? `the lab has no user or certificate for the ${protocol} listener of broker ${broker}, ${path}`
    : openEcho(`${host}:${port}`, own, node!.service); // the address is that of the broker which dials
}

async function counts({ relay, nodes }: LinksState, broker: number): Promise<Counts> {
  const { counts: bytesOf = {} } = await relay.request({ counts: true });
  const service = nodes.find((one) => one.broker === broker)?.service ?? "";
  const own = Object.entries(bytesOf).filter(
    ([key]) => key.startsWith(`${service}|`) || key.endsWith(`|${service}`),
  );
  const acted = own.reduce((sum, [, bytes]) => sum + bytes, 0);
  return { text: `${acted} bytes went through the faulty links`, acted, dropped: 0 };
}
