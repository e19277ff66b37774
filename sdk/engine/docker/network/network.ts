// The Network port on containers: from the faults to one docker command for each node whose network changes.
//
//   faults ─▶ members.ts (whom they meet) ─▶ plan.ts (pure: tc lines, iptables rules)
//          ─▶ namespace.ts (from what it has to what it shall have)
//          ─▶ reach.ts (docker exec, or a helper container)

import { performance } from "node:perf_hooks";
import { controllerListeners, isTls, type KafkaService } from "../../../compose/mod.ts";
import type { Guardian } from "../../../runtime/guardian/guardian.ts";
import type { Broker } from "../../../model/history.ts";
import type { Security } from "../../../model/security.ts";
import { type NetFault, sayFault } from "../../../model/traffic.ts";
import { openEcho } from "../../echo.ts";
import type { Node } from "../../engine.ts";
import type { Applied, ApplyOptions, Line, Network } from "../../network.ts";
import type { Cli } from "../cli.ts";
import type { Container } from "../container.ts";
import { differsOf, sweptLines, viaOf } from "./account.ts";
import {
  alive,
  controllerPorts,
  faultsAt,
  makeMembers,
  type Member,
  memberOf,
  type Members,
  peerListener,
  peerPort,
  planFor,
} from "./members.ts";
import { makeNamespace } from "./namespace.ts";
import { openPeer } from "./peer.ts";
import { isNothing, type Plan } from "./plan.ts";
import type { OnProgress } from "../../../runtime/progress.ts";

export interface NetworkParts {
  cli: Cli;
  guardian: Guardian;
  services: readonly KafkaService[];
  nodes: readonly Node[];
  containers: ReadonlyMap<string, Container>;
  /** What marks helper containers as this lab's. */
  label: string | undefined;
  /** What round trips on the clients' listeners use. */
  security?: Security | undefined;
  onProgress: OnProgress;
}

export interface DockerNetwork extends Network {
  /** A container has started, with a network namespace in which nothing of the lab is. */
  restarted(service: string): void;
  /** Resolves when the faults are made in every namespace that is new. @throws LabError where they cannot */
  settled(): Promise<void>;
  /**
   * Removes what a lab that is gone has left in the containers, and nothing else; returns a line for each,
   * and for each that could not be looked at.
   */
  sweep(): Promise<string[]>;
}

/** The cluster's network and what is made of it. */
interface NetworkState {
  readonly members: Members;
  faults: readonly NetFault[];
  queue: Promise<unknown>;
  /** The last time that the faults were made again after a start. */
  remade: Promise<unknown>;
}

export function makeNetwork(parts: NetworkParts): DockerNetwork {
  const state: NetworkState = {
    members: makeMembers(
      parts.cli,
      parts.services.map((service) => newMember(service, parts)),
    ),
    faults: [],
    queue: Promise.resolve(),
    remade: Promise.resolve(),
  };
  const { members } = state;
  return {
    async check(wanted) {
      await members.refresh();
      await Promise.all(alive(members).map((member) => planFor(members, member, wanted)));
    },
    apply: (wanted, options) => inTurn(state, () => make(state, [...wanted], options)),
    async line({ broker, path, from }) {
      const member = memberOf(members, broker);
      if (path !== "clients") return await peerLine(members, member, { path, from, env: parts.cli.env });
      const address = parts.nodes.find(({ service }) => service === member.service.service)?.client;
      return address ? openEcho(address, parts.security) : "no port of a client listener is published";
    },
    async counts(broker) {
      const { namespace } = memberOf(members, broker);
      return isNothing(namespace.has()) || namespace.state() === "stopped"
        ? undefined
        : await namespace.counts();
    },
    restarted(service) {
      members.invalidate();
      state.remade = inTurn(state, () => remake(state, service));
      state.remade.catch(() => {}); // settled() rejects with it
    },
    settled: async () => void (await state.remade),
    sweep: async () =>
      sweptLines(
        await Promise.all(
          members.all.map(async ({ service, namespace }) => ({
            service: service.service,
            ...(await namespace.sweep()),
          })),
        ),
      ),
  };
}

function newMember(service: KafkaService, parts: NetworkParts): Member {
  const namespace = makeNamespace({
    cli: parts.cli,
    guardian: parts.guardian,
    container: parts.containers.get(service.service)!,
    service: service.service,
    broker: service.broker,
    label: parts.label,
    onProgress: parts.onProgress,
  });
  return { service, namespace, addresses: [], shares: undefined };
}

/** One change at a time: each starts from what the one before has left. */
function inTurn<T>(state: NetworkState, task: () => Promise<T>): Promise<T> {
  const result = state.queue.then(task);
  state.queue = result.catch(() => {});
  return result;
}

interface Change {
  member: Member;
  before: Plan;
  wants: Plan;
}

/** Makes the faults in every namespace that there is, or in none. */
async function make(
  state: NetworkState,
  wanted: readonly NetFault[],
  options: ApplyOptions = {},
): Promise<Applied> {
  const { members } = state;
  const began = performance.now();
  await members.refresh(options.signal);
  const changes = await changesFor(members, wanted, options.signal);
  const effectAt = await changeAll(changes, wanted, options);
  state.faults = wanted;
  for (const { namespace } of members.all) if (namespace.state() === "stopped") namespace.forget();
  const tools = await Promise.all(changes.map(({ member }) => member.namespace.tools()));
  return {
    effectAt,
    tookMs: performance.now() - began,
    via: viaOf(
      changes.map(({ before, wants }) => (isNothing(wants) ? before : wants)),
      wanted.length === 0,
    ),
    differs: differsOf(wanted, {
      hasNetem: tools.every(({ kernel }) => kernel.netem),
      helpers: await Promise.all(changes.map(({ member }) => member.namespace.differs())),
    }),
  };
}

async function changesFor(
  members: Members,
  wanted: readonly NetFault[],
  signal: AbortSignal | undefined,
): Promise<Change[]> {
  const plans = await Promise.all(
    alive(members).map(async (member) => ({
      member,
      before: member.namespace.has(),
      wants: await planFor(members, member, wanted, signal),
    })),
  );
  return plans.filter(({ before, wants }) => JSON.stringify(before) !== JSON.stringify(wants));
}

/** Resolves with the moment of the last change; where one fails, all are undone. */
async function changeAll(
  changes: readonly Change[],
  wanted: readonly NetFault[],
  options: ApplyOptions,
): Promise<number> {
  let effectAt = performance.now();
  const results = await Promise.allSettled(
    changes.map(async ({ member, wants }) => {
      await member.namespace.change(wants, sayChange(member, faultsAt(member, wanted)), options);
      effectAt = performance.now();
    }),
  );
  const failure = results.find((result) => result.status === "rejected");
  if (failure === undefined) return effectAt;
  await Promise.allSettled(changes.map(({ member, before }) => member.namespace.restore(before)));
  throw failure.reason;
}

/** Makes the faults again in the new namespace of a container that has started. */
async function remake(state: NetworkState, service: string): Promise<void> {
  state.members.all.find((one) => one.service.service === service)?.namespace.forget();
  if (state.faults.length > 0) await make(state, state.faults);
}

/** A line from another broker's namespace, or why there is none. */
async function peerLine(
  members: Members,
  member: Member,
  how: { path: "peers" | "controllers"; from: Broker | undefined; env: Cli["env"] },
): Promise<Line | string> {
  await members.refresh();
  const dialer =
    how.from === undefined
      ? members.all.find(
          (one) => one !== member && one.service.broker !== null && one.namespace.state() === "running",
        )
      : memberOf(members, how.from);
  if (dialer?.namespace.state() !== "running") return "no other broker runs";
  const { service } = member;
  const listeners = how.path === "controllers" ? [...controllerListeners(service)] : [peerListener(service)];
  if (listeners.some((listener) => listener !== undefined && isTls(service, listener)))
    return `${service.service} encrypts its listener for ${how.path}: no round trips are measured there`;
  const port = how.path === "controllers" ? controllerPorts(service)[0] : peerPort(service);
  const [host] = member.addresses;
  if (port === undefined || host === undefined) return `${service.service} has no listener for ${how.path}`;
  return openPeer({ id: dialer.namespace.container.id, host, port, env: how.env });
}

function sayChange({ service }: Member, own: readonly NetFault[]): string {
  return own.length === 0
    ? `heal the network of ${service.service}`
    : `make a ${own.map(sayFault).join(", and a ")}`;
}
