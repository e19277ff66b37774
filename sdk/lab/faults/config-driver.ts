// Injects changes of settings: the old values are read first, and put back by the healing.
//
//   read ──▶ IncrementalAlterConfigs ──▶ every broker that runs has them ──▶ … ──▶ the old ones put back

import { performance } from "node:perf_hooks";
import { resourceSettings, type ResourceSettings, type Settings } from "../../client/resource-settings.ts";
import type { Action, Engine } from "../../engine/engine.ts";
import { type ReconfigureSpec, resourceName, type SettingsOf } from "../../faults/mod.ts";
import type { ConfigResource } from "../../kafka/protocol/mod.ts";
import { type ErrorCode, LabError } from "../../model/errors.ts";
import type { Observation, Proof } from "../../model/history.ts";
import type { Security } from "../../model/security.ts";
import type { Acts, Driver, Order } from "./driver.ts";
import { once, retried } from "./network-driver.ts";

export interface ConfigDriverParts {
  engine: Engine;
  security?: Security | undefined;
}

const WRITE_MS = 30_000;
/** A broker has what the controller decided when it has replayed it, up to 500 ms later on a calm machine. */
const KNOWN_MS = 10_000;
const PAUSE_MS = 25;

export function configDriver(parts: ConfigDriverParts): Driver {
  return async (order): Promise<Acts> => {
    const { of, settings } = order.spec as ReconfigureSpec;
    const asked = brokersOf(parts.engine, of);
    const access = resourceSettings(resourceOf(parts.engine, of), resourceName(of), parts.security);
    const before = await ownBefore(access, asked, of, Object.keys(settings)).finally(access.close);
    let isChanged = false;
    const observed: Observation[] = [];
    const set = async (wanted: Settings, code: ErrorCode): Promise<Action> => {
      const began = performance.now();
      const own = resourceSettings(resourceOf(parts.engine, of), resourceName(of), parts.security);
      try {
        const addresses = brokersOf(parts.engine, of);
        await own.write(addresses, wanted, WRITE_MS);
        const effectAt = performance.now();
        isChanged = true;
        observed.length = 0;
        if (order.prove) observed.push(...(await seenBy(own, addresses, wanted, order)));
        assertSeen(observed, code, of);
        return { effectAt, tookMs: performance.now() - began, via: "IncrementalAlterConfigs" };
      } finally {
        own.close();
      }
    };
    return {
      act: once(() => set(settings, "NOT_EFFECTIVE")),
      undo: retried(async () => {
        if (!isChanged) return undefined;
        const action = await set(before, "NOT_HEALED");
        isChanged = false;
        return action;
      }),
      isUndone: () => !isChanged,
      proof: (): Proof | undefined =>
        observed.length === 0
          ? undefined
          : { measured: [], counted: {}, unmeasured: [], observed: [...observed] },
    };
  };
}

function resourceOf(engine: Engine, of: SettingsOf): ConfigResource {
  if (of === "brokers") return { type: "broker", name: "" };
  if ("topic" in of) return { type: "topic", name: of.topic };
  const node = engine.nodes.find(({ broker }) => broker === of.broker);
  return { type: "broker", name: String(node?.nodeId) };
}

/** Addresses of those that can be asked: a broker's own settings are known to itself alone. */
function brokersOf(engine: Engine, of: SettingsOf): string[] {
  const isAsked = (broker: number | null): boolean =>
    of === "brokers" || "topic" in of ? broker !== null : broker === of.broker;
  return engine.nodes.flatMap(({ broker, service, observed }) =>
    isAsked(broker) && observed !== null && engine.status(service).state === "running" ? [observed] : [],
  );
}

/** What is to be put back: what was set on it itself, else null. */
async function ownBefore(
  access: ResourceSettings,
  addresses: readonly string[],
  of: SettingsOf,
  names: readonly string[],
): Promise<Settings> {
  for (const address of addresses) {
    const found = await access.read(address, names);
    if (found === undefined) continue;
    return Object.fromEntries(
      names.map((name) => [name, found[name]?.isOwn === true ? found[name].value : null]),
    );
  }
  const isTopic = of !== "brokers" && "topic" in of;
  throw new LabError(
    isTopic ? "NO_SUCH_TOPIC" : "NOT_READY",
    `Cannot read the settings of ${resourceName(of)}: ` +
      (isTopic ? "no broker knows the topic" : "no broker that could be asked answers"),
    { hint: "`cluster.describe()` shows topics, and brokers that run." },
  );
}

/** Reads of every broker until it has the values; one that does not answer is left out. */
async function seenBy(
  access: ResourceSettings,
  addresses: readonly string[],
  wanted: Settings,
  { signal }: Order,
): Promise<Observation[]> {
  const names = Object.keys(wanted);
  const look = async (address: string): Promise<Observation | undefined> => {
    const began = performance.now();
    for (;;) {
      signal?.throwIfAborted();
      const found = await access.read(address, names);
      if (found === undefined) return undefined;
      const isSo = (name: string): boolean =>
        wanted[name] === null ? found[name]?.isOwn !== true : found[name]?.value === wanted[name];
      const holds = names.every(isSo);
      if (holds || performance.now() - began > KNOWN_MS)
        return {
          what: `${names.join(", ")} as the broker at ${address} has it`,
          expected: names.map((name) => wanted[name] ?? "as inherited").join(", "),
          measured: names.map((name) => found[name]?.value ?? "nothing").join(", "),
          holds,
        };
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  };
  return (await Promise.all(addresses.map(look))).flatMap((one) => one ?? []);
}

function assertSeen(observed: readonly Observation[], code: ErrorCode, of: SettingsOf): void {
  const wrong = observed.find(({ holds }) => !holds);
  if (wrong === undefined) return;
  throw new LabError(
    code,
    `Cannot confirm the settings of ${resourceName(of)}: ${wrong.what}: ` +
      `expected ${wrong.expected}, measured ${wrong.measured}`,
    { hint: "Is that broker cut off from the controller?" },
  );
}
