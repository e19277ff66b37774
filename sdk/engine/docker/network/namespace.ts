// One container's network namespace: what of the lab's is in it, and the one docker command that makes it
// another.
//
// It ends with the container's process; then nothing is in it any more.

import { LabError } from "../../../model/errors.ts";
import type { Guardian } from "../../../runtime/guardian/guardian.ts";
import type { Broker } from "../../../model/history.ts";
import type { NodeState } from "../../engine.ts";
import type { ApplyOptions, Counts } from "../../network.ts";
import type { Cli } from "../cli.ts";
import type { Container } from "../container.ts";
import { explain } from "./account.ts";
import { isNothing, NOTHING, type Plan, stepsOf, undoScript } from "./plan.ts";
import { hasOwn, readCounts } from "./qdiscs.ts";
import type { Reach } from "./reach.ts";
import { findTools, look, type Tools } from "./tools.ts";

export interface Namespace {
  readonly container: Container;
  state(): NodeState;
  /** What the lab has made in it. */
  has(): Plan;
  /**
   * How it is reached; a helper's image is pulled where that is needed.
   *
   * @throws LabError NO_IMAGE, UNSUPPORTED
   */
  tools(signal?: AbortSignal): Promise<Tools>;
  /** In what the way in differs from a `docker exec`, where it does. */
  differs(): Promise<string | undefined>;
  /**
   * `what` completes "Cannot …".
   *
   * @throws LabError COMMAND_FAILED, UNSUPPORTED, FOREIGN_QDISC; then nothing of the lab's is in it
   */
  change(wants: Plan, what: string, options?: ApplyOptions): Promise<void>;
  /** Makes it as it was, after a command of which nobody knows how far it came. */
  restore(plan: Plan): Promise<void>;
  /** The container has started, or stopped: nothing of the lab's is in it. */
  forget(): void;
  counts(): Promise<Counts>;
  /** Removes what a lab that is gone has left; says whether there was any. */
  sweep(): Promise<boolean>;
}

export interface NamespaceParts {
  cli: Cli;
  guardian: Guardian;
  container: Container;
  service: string;
  broker: Broker | null;
  label: string | undefined;
  onProgress(line: string): void;
}

export function makeNamespace({
  cli,
  guardian,
  container,
  service,
  broker,
  label,
  onProgress,
}: NamespaceParts): Namespace {
  const id = `net:${service}`;
  let has = NOTHING;
  let known: Promise<Tools> | undefined;

  const state = (): NodeState => container.status().state;
  const reachOf = (tools: Tools): Reach => (state() === "paused" ? tools.whileFrozen : tools.reach);
  const undoOf = ({ interfaces, iptables = "iptables" }: Tools): string => undoScript(interfaces, iptables);

  function tools(signal?: AbortSignal, pulls = true): Promise<Tools> {
    if (known !== undefined) return known;
    const found = findTools({
      cli,
      id: container.id,
      service,
      image: container.image,
      label,
      pulls,
      onProgress,
      signal,
    });
    // while it is frozen only a helper gets in, which is slower
    if (state() === "running") known = found;
    found.catch(() => (known = undefined));
    return found;
  }

  function became(plan: Plan): void {
    has = plan;
    if (isNothing(plan)) guardian.healed(id);
  }

  async function change(wants: Plan, what: string, { signal, timeoutMs }: ApplyOptions = {}): Promise<void> {
    const found = await tools(signal);
    const reach = reachOf(found);
    const options = { signal, ...(timeoutMs !== undefined && { timeoutMs }) };
    const run = async (from: Plan): Promise<void> =>
      void (await cli.docker(what, reach.argv(stepsOf(from, wants, found.iptables ?? "iptables")), options));
    if (!isNothing(wants)) guardian.open(id, ["docker", ...reach.script(undoOf(found))]);
    await run(has).catch(async (error: unknown) => {
      signal?.throwIfAborted();
      if (isGone(error)) return;
      // it is not as remembered: what is the lab's own goes, and others' is told of
      const { qdiscs } = await look(cli, reach, service, signal);
      const why = explain(error, { what, container: container.name, broker, qdiscs, wants });
      await cli.docker(what, reach.script(undoOf(found)), options);
      became(NOTHING);
      if (why !== undefined) throw why;
      if (isNothing(wants)) return;
      guardian.open(id, ["docker", ...reach.script(undoOf(found))]);
      await run(NOTHING);
    });
    became(wants);
  }

  return {
    container,
    state,
    has: () => has,
    tools: (signal) => tools(signal),
    differs: async () => reachOf(await tools()).differs,
    change,
    async restore(plan) {
      const found = await tools();
      await cli.docker(`restore the network of ${service}`, reachOf(found).script(undoOf(found)));
      became(NOTHING);
      if (!isNothing(plan)) await change(plan, `restore the network of ${service}`);
    },
    forget: () => became(NOTHING),
    async counts() {
      const { qdiscs, saved } = await look(cli, reachOf(await tools()), service);
      return readCounts(qdiscs, saved);
    },
    async sweep() {
      const found = state() === "running" ? await tools(undefined, false).catch(() => undefined) : undefined;
      if (found === undefined) return false; // where this one gets in by nothing that is here, no other did
      const { qdiscs, saved } = await look(cli, found.reach, service);
      if (!hasOwn(qdiscs) && saved === "") return false;
      await cli.docker(`heal the network of ${service}`, found.reach.script(undoOf(found)));
      return true;
    },
  };
}

/** The container ended meanwhile, and its namespace with it. */
function isGone(error: unknown): boolean {
  return error instanceof LabError && /is not running|No such container/i.test(error.facts.stderr ?? "");
}
