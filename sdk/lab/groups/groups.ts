// The consumer groups of one lab: makes them, and knows them all until the end.

import type { GroupOptions } from "../../client/member/options.ts";
import { type ClusterFacts, groupSettings, type GroupSettings } from "../../client/member/settings.ts";
import { wallClock } from "../../client/java/clock.ts";
import type { Tools } from "../../client/java/mod.ts";
import type { Engine } from "../../engine/engine.ts";
import type { MemberTarget } from "../../model/group-target.ts";
import { LabError } from "../../model/errors.ts";
import type { Broker, HistoryEvent } from "../../model/history.ts";
import { printable } from "../../model/printable.ts";
import { type Security, shownSettings } from "../../model/security.ts";
import type { MemberAccess } from "../faults/member-driver.ts";
import { isNotebook } from "../../notebook/notebook.ts";
import { recordOf } from "../../runtime/claims.ts";
import type { Belongings } from "../belongings.ts";
import type { Observer } from "../observe/observe.ts";
import type { Run } from "../run.ts";
import { followLeaders, type Leaders } from "../workload/topic-leaders.ts";
import { findMember, resolveMembers } from "./find-member.ts";
import { groupAdvice } from "./advice.ts";
import { followGroup } from "./follow.ts";
import type { StartGroup } from "./group.ts";
import { groupHandle } from "./group-handle.ts";
import { GroupMember } from "./group-member.ts";
import type { MemberFaults } from "./member-handle.ts";
import { type GroupLooker, groupLooker } from "./look.ts";
import { assertStartable } from "./startable.ts";
import { OpenGroup } from "./open-group.ts";
import type { GroupDescription } from "./states.ts";

/** The groups of one lab. */
export interface Groups extends MemberAccess {
  group: StartGroup;
  /**
   * The members that a target means, each once, in the order of their numbers.
   *
   * @throws LabError NO_SUCH_MEMBER, NO_LEADER
   */
  resolve(target: MemberTarget): readonly GroupMember[];
  /** One that is open, by its name. @throws RangeError where none of that name is */
  open(name: string): OpenGroup;
  /** The broker that coordinates a group, the lab's or another; null where no broker knows it. */
  coordinatorOf(group: string): Promise<Broker | null>;
  /** Those that are open, as their coordinators describe them. */
  describe(): Promise<readonly GroupDescription[]>;
  /** The topics that they have read. */
  topics(): readonly string[];
  /** Heals their faults, waits until they have processed what there is, and ends them. */
  finish(timeoutMs: number): Promise<void>;
  /** Kills what is left of them. */
  close(): Promise<void>;
}

export interface GroupsParts {
  /** The lab's id. */
  lab: string;
  run: Run;
  engine: Engine;
  observer: Observer;
  /** The lab's own topic. */
  topic: string;
  endpoints: readonly string[];
  security: Security | undefined;
  addressOf(broker: Broker): string | undefined;
  tools(): Promise<Tools>;
  secretDir(): string;
  /** How verbs of members inject faults. */
  through: MemberFaults;
  /** Only on a cluster that the lab has not started. */
  belongings: Belongings | undefined;
  note(text: string): void;
  assertOpen(): void;
  signal(): AbortSignal | undefined;
}

const LEAVE_MS = 3_000;

interface State {
  readonly parts: GroupsParts;
  readonly looker: GroupLooker;
  readonly open: Map<string, OpenGroup>;
  readonly topics: Set<string>;
}

export function makeGroups(parts: GroupsParts): Groups {
  const { engine, security, assertOpen } = parts;
  const knowsConsumerProtocol = Number.parseInt(engine.kafka, 10) >= 4;
  const looker = groupLooker(engine.nodes, { security, knowsConsumerProtocol });
  const state: State = { parts, looker, open: new Map(), topics: new Set() };
  const all = (): OpenGroup[] => [...state.open.values()];
  return {
    async group(name, options = {}) {
      assertOpen();
      return groupHandle(await openGroup(state, name, options));
    },
    resolve: (target) => resolveMembers(state.open, target),
    open(name) {
      const found = state.open.get(name);
      if (found !== undefined) return found;
      const names = [...state.open.keys()].join(", ") || "none";
      throw new RangeError(
        printable(`Cannot find the group ${JSON.stringify(name)}: none of that name is open; open: ${names}`),
      );
    },
    find: (name) => findMember(state.open, name),
    async settled(name, timeoutMs, giveUp) {
      await state.open.get(name)?.settled({ timeout: timeoutMs, ...(giveUp && { signal: giveUp }) });
    },
    coordinatorOf: looker.coordinatorOf,
    describe: () => Promise.all(all().map((one) => one.describe())),
    topics: () => [...state.topics],
    async finish(timeoutMs) {
      await Promise.all(all().map((one) => one.finish(timeoutMs)));
    },
    async close() {
      // somebody's cluster deletes a group only when its members have left
      const patienceMs = parts.belongings === undefined ? 0 : LEAVE_MS;
      await Promise.all(all().map((one) => one.close(patienceMs)));
      looker.close();
    },
  };
}

/** @throws TypeError, RangeError, LabError UNSUPPORTED, NO_SUCH_TOPIC, all before anything is started */
async function openGroup(state: State, name: string, options: GroupOptions): Promise<OpenGroup> {
  const { parts, looker, open, topics } = state;
  const { run, observer, security, addressOf, assertOpen, signal } = parts;
  // a cell that starts a group and is run again means the new one
  if (isNotebook()) await open.get(name)?.close();
  if (open.has(name)) throw new TypeError(`Cannot start a second group named ${name}: close the first`);
  const facts = clusterFacts(parts);
  const settings = groupSettings(options, parts.topic, facts);
  const { pollTimeout } = await assertStartable({ name, options, settings }, { looker, tools: parts.tools });
  await parts.belongings?.ready(settings.topic);
  if (parts.belongings !== undefined) await claimName(parts.belongings, looker, name);
  assertOpen();
  if (open.has(name)) throw new TypeError(`Cannot start a second group named ${name}: close the first`);
  const leaders: Leaders = followLeaders({ observer, addressOf, security }, settings.topic);
  const follower = followGroup({ run, group: name, looker, leaders });
  const group = new OpenGroup({
    name,
    settings: shownSettings(settings),
    pollTimeout,
    follower,
    makeMember: memberMaker(parts, name, settings),
    through: parts.through,
    signal,
    assertOpen,
    onClosed() {
      leaders.stop();
      open.delete(name);
    },
  });
  open.set(name, group);
  topics.add(settings.topic);
  if (settings.transform !== false) topics.add(settings.transform.topic);
  for (const text of groupAdvice(name, settings, facts)) parts.note(text);
  try {
    await Promise.all(Array.from({ length: options.members ?? 2 }, () => group.add()));
  } catch (error) {
    await group.close(0);
    throw error;
  }
  return group;
}

/** How long a coordinator may take to answer: the first request for one makes the topic of its offsets. */
const CLAIM_MS = 20_000;

/**
 * Makes sure that a group on somebody's cluster is not somebody's: its members would lose partitions to the
 * lab's, and its offsets would be overwritten.
 *
 * @throws LabError UNSUPPORTED, NOT_READY
 */
async function claimName(belongings: Belongings, looker: GroupLooker, name: string): Promise<void> {
  if (belongings.hasMadeGroup(name)) return;
  const until = performance.now() + CLAIM_MS;
  let { state, members } = await looker.look(name);
  while (state === null && performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    ({ state, members } = await looker.look(name));
  }
  if (state === null)
    throw new LabError("NOT_READY", `Cannot start the group ${name}: no coordinator of it answers`);
  if (state !== "Dead")
    throw new LabError(
      "UNSUPPORTED",
      `Cannot start the group ${name}: the cluster has a group of that name, ${state} with ` +
        `${members.length} members`,
      {
        hint: "It is not the lab's: members would take its partitions and offsets. Choose another name.",
      },
    );
  belongings.madeGroup(name);
}

function clusterFacts({ engine }: GroupsParts): ClusterFacts {
  const isKnown = engine.kind !== "remote"; // a client does not get the settings of somebody's brokers
  const brokers = engine.nodes.filter(({ broker }) => isKnown && broker !== null);
  return { kafka: engine.kafka, brokers: brokers.map(({ properties }) => properties) };
}

function memberMaker(
  { lab, run, engine, endpoints, security, tools, secretDir, note, assertOpen }: GroupsParts,
  group: string,
  settings: GroupSettings,
): (number: number, onEvent: (event: HistoryEvent) => void) => GroupMember {
  const clock = wallClock();
  const isOpen = (): boolean => {
    try {
      assertOpen();
      return true;
    } catch {
      return false;
    }
  };
  return (number, onEvent) => {
    const name = `${group}.${number}`;
    run.record({ kind: "client", atMs: run.now(), client: name, settings: { ...shownSettings(settings) } });
    return new GroupMember({
      run,
      clock,
      onEvent,
      note,
      isOpen,
      start: {
        group,
        name,
        number,
        settings,
        bootstrap: endpoints,
        security,
        routes: engine.routes,
        record: { ...recordOf(lab, false), kind: "client" },
        tools,
        dir: run.dir,
        secretDir,
      },
    });
  };
}
