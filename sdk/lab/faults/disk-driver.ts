// Injects faults of disks: each is proven by the agent's own use of the disk, and counts what the broker met.

import { setTimeout as wait } from "node:timers/promises";
import type { DiskAction, DiskSight } from "../../engine/disk/disk.ts";
import type { Action, Engine } from "../../engine/engine.ts";
import { metadataLogDir } from "../../kafka/mod.ts";
import { readable } from "../../model/duration.ts";
import { type DiskFault, endsBroker, mayEndBroker, sayDisk } from "../../model/disk.ts";
import { LabError } from "../../model/errors.ts";
import type { Broker, Observation, Proof } from "../../model/history.ts";
import type { Member } from "../../model/member.ts";
import type { Acts, Driver, Order } from "./driver.ts";
import { assertReach, serviceOf } from "./process-driver.ts";

export interface DiskDriverParts {
  engine: Engine;
  note(text: string): void;
}

/** How long a broker may take to end: some milliseconds on an idle machine. */
const ENDS_MS = 20_000;
const LOOK_MS = 20;

/** The exit code of a broker that ends itself (`Exit.halt(1)`, LogManager). */
const HALTED = 1;

/** The brokers whose disks are broken now. */
type Broken = Set<Member>;

export function diskDriver(parts: DiskDriverParts): Driver {
  const broken: Broken = new Set();
  return async (order) => {
    const { engine } = parts;
    const { targets } = order.fault;
    for (const broker of targets) {
      assertReach(engine, "break the disk of", broker);
      assertCanBreak(engine, broken, order, broker);
      await engine.disk.check(serviceOf(engine, broker), order.fault.disk!);
    }
    return actsOf(parts, broken, order);
  };
}

function assertCanBreak(engine: Engine, broken: Broken, { spec }: Order, broker: Broker): void {
  const { state } = engine.status(serviceOf(engine, broker));
  const why =
    state !== "running"
      ? `it is ${state}`
      : broken.has(broker)
        ? "another fault of its disk is open"
        : undefined;
  if (why === undefined) return;
  throw new LabError("COMMAND_FAILED", `Cannot break the disk of broker ${broker} (${spec.kind}): ${why}`, {
    broker,
    hint: state === "running" ? "`lab.disk.heal()` ends that one." : "`cluster.start` brings it back first.",
  });
}

function actsOf({ engine, note }: DiskDriverParts, broken: Broken, order: Order): Acts {
  const fault = order.fault.disk!;
  const observed = new Map<Member, Observation>();
  const counted: Record<Broker, { text: string; acted: number; dropped: number }> = {};
  const count = (member: Member, seen: DiskSight | undefined): void => {
    if (seen === undefined) return;
    const text = countsOf(seen, fault);
    counted[member as Broker] = { text, acted: seen.waited + seen.failed, dropped: 0 };
  };
  return {
    async act(member) {
      broken.add(member);
      const done = await engine.disk.apply(serviceOf(engine, member), fault);
      count(member, done.seen);
      if (!order.prove) return actionOf(done);
      const seen = observationOf(fault, member, done.seen);
      if (!seen.holds) throw notEffective(fault, member, seen);
      observed.set(member, seen);
      return actionOf(done);
    },
    async undo(member) {
      if (!broken.has(member)) return undefined;
      const service = serviceOf(engine, member);
      const done = await engine.disk.undo(service);
      broken.delete(member);
      observed.delete(member);
      if (done === undefined) return undefined;
      count(member, done.seen);
      if (done.seen !== undefined)
        note(`${sayDisk(fault)} of broker ${member}: ${countsOf(done.seen, fault)}`);
      if (order.prove && done.seen?.tried !== undefined && engine.status(service).state === "running")
        observed.set(member, healed(member, done.seen));
      const restarted = await startedAgain(engine, service, fault, done.seen);
      return restarted === undefined
        ? actionOf(done)
        : { ...actionOf(done), via: `${done.via}; ${restarted.via}` };
    },
    isUndone: (member) => !broken.has(member),
    proof: (): Proof | undefined =>
      observed.size === 0 && Object.keys(counted).length === 0
        ? undefined
        : { measured: [], counted, unmeasured: [], observed: [...observed.values()] },
  };
}

/**
 * Starts a broker that its disk has ended. One whose write has failed is about to end, whatever its disk does
 * by then; one that somebody else has ended stays so. Without one of several log directories it ends only if
 * its metadata log is there.
 */
async function startedAgain(
  engine: Engine,
  service: string,
  fault: DiskFault,
  seen: DiskSight | undefined,
): Promise<Action | undefined> {
  if (!mayEndBroker(fault)) return undefined;
  const node = engine.nodes.find((one) => one.service === service)!;
  const ends = endsBroker(fault, metadataLogDir(node.properties));
  const until = performance.now() + (ends ? ENDS_MS : 0);
  const isRunning = (): boolean => engine.status(service).state === "running";
  while ((seen?.failed ?? 0) > 0 && isRunning() && performance.now() < until) await wait(LOOK_MS);
  const { state, exit } = engine.status(service);
  return state === "stopped" && exit?.code === HALTED ? await engine.start(service) : undefined;
}

function actionOf({ seen: _, ...action }: DiskAction): Action {
  return action;
}

/** What the agent's own use of the disk should meet, and has met. */
function observationOf(fault: DiskFault, member: Member, seen: DiskSight | undefined): Observation {
  const { tried, waiting = 0, failed = 0 } = seen ?? {};
  const measured =
    tried === undefined
      ? waiting > 0
        ? "it waits"
        : failed > 0
          ? // the broker has ended before the agent had its turn
            EXPECTED[fault.effect as keyof typeof EXPECTED]
          : "unknown"
      : (tried.failure ?? `it ended after ${readable(tried.tookMs)}`);
  const use = fault.effect === "full" || fault.effect === "forgetful" ? "a write" : "an fsync";
  const what = `${use} on the disk of broker ${member}`;
  switch (fault.effect) {
    case "full":
      return { what, expected: "No space left on device", measured, holds: measured === EXPECTED.full };
    case "failed":
      return { what, expected: "Input/output error", measured, holds: measured === EXPECTED.failed };
    case "hung":
      return { what, expected: "it waits", measured, holds: tried === undefined && waiting > 0 };
    case "forgetful":
      return { what, expected: EXPECTED.forgetful, measured, holds: measured === EXPECTED.forgetful };
    case "slow": {
      const isSlow = tried === undefined ? waiting > 0 : tried.tookMs >= fault.addsMs!;
      return { what, expected: `it takes ${readable(fault.addsMs!)} longer`, measured, holds: isSlow };
    }
  }
}

const EXPECTED = {
  full: "No space left on device",
  failed: "Input/output error",
  forgetful: "0 of 1 bytes are forced",
} as const;

function healed(member: Member, { tried }: DiskSight): Observation {
  return {
    what: `an fsync on the disk of broker ${member}`,
    expected: "it ends",
    measured: tried!.failure ?? `it ended after ${readable(tried!.tookMs)}`,
    holds: tried!.failure === undefined,
  };
}

/** `3 writes or fsyncs failed, the first to my_topic-0/00000000000000000000.log`. */
function countsOf({ waited, failed, first }: DiskSight, { effect }: DiskFault): string {
  const count = waited + failed;
  const met = effect === "forgetful" ? "noted" : failed > 0 ? "failed" : "waited";
  const name = first?.split("/").slice(-2).join("/");
  return (
    `${count} ${count === 1 ? "write or fsync" : "writes or fsyncs"} ${met}` +
    (name === undefined ? "" : `, the first of ${name}`)
  );
}

function notEffective(fault: DiskFault, member: Member, seen: Observation): LabError {
  return new LabError(
    "NOT_EFFECTIVE",
    `Fault not effective, rolled back: ${sayDisk(fault)} of broker ${member}: ${seen.what}: ` +
      `expected ${seen.expected}, measured ${seen.measured}`,
    {
      broker: member as Broker,
      hint: "Is the machine very busy? `prove: false` does without the measurement.",
    },
  );
}
