// One container's network namespace: what the lab has put into it, and the one docker command that changes
// that. It ends with the container's process, and everything in it.

import { LabError, stateOf } from "../../../model/errors.ts";
import type { Guardian } from "../../../runtime/guardian/guardian.ts";
import type { Broker } from "../../../model/history.ts";
import type { NodeState } from "../../engine.ts";
import type { ApplyOptions, Counts } from "../../network.ts";
import type { Cli } from "../cli.ts";
import type { Container } from "../container.ts";
import { explain, type SweptNamespace } from "./account.ts";
import { isNothing, NOTHING, type Plan, stepsOf, undoScript } from "./plan.ts";
import { look, sawOwn, type Sight } from "./look.ts";
import { readCounts } from "./qdiscs.ts";
import type { Reach } from "./reach.ts";
import { findTools, type Tools } from "./tools.ts";
import type { OnProgress } from "../../../runtime/progress.ts";

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
  /** Removes what a lab that is gone has left, as far as it can be seen. */
  sweep(): Promise<SweptNamespace>;
}

export interface NamespaceParts {
  cli: Cli;
  guardian: Guardian;
  container: Container;
  service: string;
  broker: Broker | null;
  label: string | undefined;
  onProgress: OnProgress;
}

/** One namespace as the lab knows it. */
interface NamespaceState {
  readonly parts: NamespaceParts;
  /** Names what is in it to the guardian. */
  readonly id: string;
  has: Plan;
  known: Promise<Tools> | undefined;
}

export function makeNamespace(parts: NamespaceParts): Namespace {
  const { cli, container, service } = parts;
  const state: NamespaceState = { parts, id: `net:${service}`, has: NOTHING, known: undefined };
  return {
    container,
    state: () => container.status().state,
    has: () => state.has,
    tools: (signal) => tools(state, signal),
    differs: async () => reachOf(state, await tools(state)).differs,
    change: (wants, what, options) => change(state, wants, what, options),
    async restore(plan) {
      const what = `restore the network of ${service}`;
      const found = await tools(state);
      await cli.docker(what, reachOf(state, found).script(undoOf(found)));
      became(state, NOTHING);
      if (!isNothing(plan)) await change(state, plan, what);
    },
    forget: () => became(state, NOTHING),
    async counts() {
      return countsIn(await lookInto(state, await tools(state)), { plan: state.has, service });
    },
    sweep: () => sweep(state),
  };
}

function tools(state: NamespaceState, signal?: AbortSignal, pulls = true): Promise<Tools> {
  if (state.known !== undefined) return state.known;
  const { cli, container, service, label, onProgress } = state.parts;
  const { id, image } = container;
  const found = findTools({ cli, id, service, image, label, pulls, onProgress, signal });
  // while it is frozen only a helper gets in, which is slower
  if (container.status().state === "running") state.known = found;
  found.catch(() => (state.known = undefined));
  return found;
}

function reachOf({ parts }: NamespaceState, { reach, whileFrozen }: Tools): Reach {
  return parts.container.status().state === "paused" ? whileFrozen : reach;
}

function undoOf({ interfaces, iptables = "iptables" }: Tools): string {
  return undoScript(interfaces, iptables);
}

function became(state: NamespaceState, plan: Plan): void {
  state.has = plan;
  if (isNothing(plan)) state.parts.guardian.healed(state.id);
}

async function change(
  state: NamespaceState,
  wants: Plan,
  what: string,
  { signal, timeoutMs }: ApplyOptions = {},
): Promise<void> {
  const { cli, guardian } = state.parts;
  const found = await tools(state, signal);
  const reach = reachOf(state, found);
  const options = { signal, ...(timeoutMs !== undefined && { timeoutMs }) };
  const undo = reach.script(undoOf(found));
  const run = async (from: Plan): Promise<void> =>
    void (await cli.docker(what, reach.argv(stepsOf(from, wants, found.iptables ?? "iptables")), options));
  if (!isNothing(wants)) guardian.open(state.id, ["docker", ...undo]);
  await run(state.has).catch(async (error: unknown) => {
    signal?.throwIfAborted();
    if (isGone(error)) return;
    // it is not as remembered: what is the lab's own is removed, what is others' is reported
    const why = await reasonOf(state, error, {
      what,
      wants,
      reach,
      iptables: found.iptables,
      signal,
    });
    await cli.docker(what, undo, options);
    became(state, NOTHING);
    if (why !== undefined) throw why;
    if (isNothing(wants)) return;
    guardian.open(state.id, ["docker", ...undo]);
    await run(NOTHING);
  });
  became(state, wants);
}

async function reasonOf(
  { parts }: NamespaceState,
  error: unknown,
  how: {
    what: string;
    wants: Plan;
    reach: Reach;
    iptables: string | undefined;
    signal: AbortSignal | undefined;
  },
): Promise<LabError | undefined> {
  const { cli, container, service, broker } = parts;
  const { qdiscs = [] } = await look(cli, { reach: how.reach, iptables: how.iptables, service }, how.signal);
  return explain(error, { what: how.what, container: container.name, broker, qdiscs, wants: how.wants });
}

async function sweep(state: NamespaceState): Promise<SweptNamespace> {
  const { cli, container, service } = state.parts;
  if (container.status().state === "stopped") return { healed: false, unseen: [] }; // it has no namespace
  try {
    const found = await tools(state, undefined, false);
    const sight = await lookInto(state, found);
    const { unseen } = sight;
    if (!sawOwn(sight)) return { healed: false, unseen };
    await cli.docker(`heal the network of ${service}`, reachOf(state, found).script(undoOf(found)));
    return { healed: true, unseen };
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    return { healed: false, unseen: [stateOf(error)] };
  }
}

function lookInto(state: NamespaceState, found: Tools): Promise<Sight> {
  const { cli, service } = state.parts;
  return look(cli, { reach: reachOf(state, found), iptables: found.iptables, service });
}

/**
 * @throws LabError COMMAND_FAILED where what the plan made could not be looked at: it counts as unknown, not
 * as 0
 */
export function countsIn(
  { qdiscs, saved, unseen }: Sight,
  { plan, service }: { plan: Plan; service: string },
): Counts {
  const isSeen =
    (plan.tc.length === 0 || qdiscs !== undefined) && (plan.rules.length === 0 || saved !== undefined);
  if (isSeen) return readCounts(qdiscs ?? [], saved ?? "");
  throw new LabError("COMMAND_FAILED", `Cannot count the packets of ${service}: ${unseen.join("; ")}`);
}

/** The container ended meanwhile, and its namespace with it. */
function isGone(error: unknown): boolean {
  return error instanceof LabError && /is not running|No such container/i.test(error.facts.stderr ?? "");
}
