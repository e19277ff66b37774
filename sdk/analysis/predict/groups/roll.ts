// Brokers that are restarted one after the other, as a group sees it: the stop or the kill of each, from the
// states in which the ones before it leave the leaders and the coordinator. What is waited for: ../roll.ts.
//
//   turn          1                    2                    3
//   standstill    ├──┤                 ├─────┤              ├──┤     Java: the longest one
//                 ├──────────────────────────────────────────────┤   kafkajs: one may go on into the next
//
// Where a single stop would leave the group without a leader or a coordinator, it waits for the broker.
// Who leads a partition next is known where the preferred replica is in sync; else there are several states.
// At most 12 states are followed, each choice weighed alike.

import type { ResolvedFault, Restarts } from "../../../model/fault.ts";
import type { GroupReasonCode } from "../../../model/group-prediction.ts";
import type { NodeId } from "../../../model/history.ts";
import type { Odds, Span, Timer } from "../../../model/prediction.ts";
import type { KnownTopic } from "../circumstances.ts";
import { backAfter, EITHER, orderOf, turnOf } from "../roll.ts";
import { brokerOf, leadersAfter, type State, variantsAfter } from "../roll-states.ts";
import { anyOf, latest, plus, span } from "../span.ts";
import { distinct } from "../timers.ts";
import { brokerCourses } from "./broker-courses.ts";
import type { GroupCircumstances } from "./circumstances.ts";
import { type Course, mergedCourses, type Progress } from "./course.ts";
import { type ClusterBranch, clusterBranches } from "./effects.ts";
import { lastPause, restartOf } from "./kafkajs-tries.ts";
import { added } from "./records.ts";

/** Who leads, and is in sync. */
type Led = Pick<State, "leader" | "isr">;

/** A state of the cluster before a turn: the offsets' partition first, then those that are read. */
interface World {
  readonly odds: Odds;
  readonly controller: NodeId | null;
  readonly away: readonly NodeId[];
  readonly led: readonly Led[];
}

/** More states are not followed. */
const MOST_WORLDS = 12;

/** What becomes of the group until the last of them is back. */
export function rolledCourse(all: GroupCircumstances, fault: ResolvedFault, restarts: Restarts): Course {
  const topics = [all.offsets, ...all.partitions];
  const led = topics.map(({ state: { leader, isr } }) => ({ leader, isr }));
  let worlds: readonly World[] = [{ odds: 1, controller: all.controller, away: [], led }];
  let back: Back | undefined;
  const turns = orderOf(all, fault).map((id) => {
    const turn = turnOf(fault, restarts.how, { id, broker: brokerOf(all, id) });
    const on = worlds.map((world) => {
      const circumstances = inTurn(all, world, { id, turn });
      return { world, circumstances, branches: clusterBranches(circumstances, turn) };
    });
    worlds = fewer(on.flatMap(({ world, branches }) => nextWorlds(all, restarts, world, { id, branches })));
    back ??= backOf(all, on[0]!.branches[0]!);
    return mergedCourses(
      on.flatMap(({ world, circumstances, branches }) =>
        branches
          .flatMap((branch) => brokerCourses(circumstances, branch))
          .map((course) => ({ ...course, odds: course.odds * world.odds })),
      ),
    );
  });
  return whole(turns, restarts, { back: back!, isKafkajs: all.group.client === "kafkajs" });
}

function inTurn(
  all: GroupCircumstances,
  { away, controller, led }: World,
  { id, turn }: { id: NodeId; turn: ResolvedFault },
): GroupCircumstances {
  const as = <Topic extends KnownTopic>(topic: Topic, { leader, isr }: Led): Topic => ({
    ...topic,
    state: { ...topic.state, leader, isr },
  });
  const [offsets, ...read] = led as [Led, ...Led[]];
  return {
    ...all,
    nodes: all.nodes.filter(({ nodeId }) => nodeId === id || !away.includes(nodeId)),
    controller,
    offsets: as(all.offsets, offsets),
    partitions: all.partitions.map((one, i) => as(one, read[i]!)),
    fault: turn,
  };
}

/** The states in which a turn leaves the cluster. */
function nextWorlds(
  all: GroupCircumstances,
  restarts: Restarts,
  world: World,
  { id, branches }: { id: NodeId; branches: readonly ClusterBranch[] },
): World[] {
  const controller = world.controller === id ? null : world.controller;
  const topics = [all.offsets, ...all.partitions].map((topic, i) => {
    const state = { ...world.led[i]!, away: world.away };
    const of = { nodes: all.nodes, topic };
    const moves = branches.reduce((sum, branch) => sum + (movesIn(branch, i) ? branch.odds : 0), 0);
    const leaders = (isAway: boolean) => leadersAfter(of, state, { id, moves, isAway });
    return { variants: variantsAfter(of, restarts, state, id), leaders };
  });
  return topics[0]!.variants.flatMap(({ away }, variant) => {
    const choices = topics.map(({ leaders }) => leaders(away.includes(id)));
    const count = Math.max(...choices.map(({ length }) => length));
    return Array.from(
      { length: count },
      (_, choice): World => ({
        odds: world.odds / topics[0]!.variants.length / count,
        controller,
        away,
        led: topics.map(({ variants }, i) => ({
          leader: choices[i]![(choice + i) % choices[i]!.length]!.leader,
          isr: variants[variant]!.isr,
        })),
      }),
    );
  });
}

/** Whether the offsets' partition, or one behind it, has another leader. */
function movesIn({ coordinator, partitions }: ClusterBranch, i: number): boolean {
  return i === 0 ? coordinator.moves : partitions[i - 1]!.effect.moves;
}

/** Different states with their odds added, evenly taken where they are too many. */
function fewer(worlds: readonly World[]): World[] {
  const found = new Map<string, World>();
  for (const { odds, ...world } of worlds) {
    const key = JSON.stringify(world);
    found.set(key, { ...world, odds: odds + (found.get(key)?.odds ?? 0) });
  }
  const all = [...found.values()];
  if (all.length <= MOST_WORLDS) return all;
  const kept = Array.from(
    { length: MOST_WORLDS },
    (_, i) => all[Math.floor((i * all.length) / MOST_WORLDS)]!,
  );
  const total = kept.reduce((sum, { odds }) => sum + odds, 0);
  return kept.map((one) => ({ ...one, odds: one.odds / total }));
}

/** When a group reads again that needs the broker which was restarted. */
interface Back {
  readonly span: Span;
  readonly timer: Timer;
}

function backOf({ group }: GroupCircumstances, branch: ClusterBranch): Back {
  const { tookMs, timer } = backAfter(branch.situation);
  if (group.client === "java") return { span: tookMs, timer };
  // its tries are used up by then; the coordinator that is back counts on the member that it was
  const again = span(
    0,
    lastPause(group).toMs + group.sessionTimeout + restartOf(group, branch, 0).joining.toMs,
  );
  return { span: plus(tookMs, again), timer };
}

/** The turns one after the other. */
function whole(
  turns: readonly Course[],
  restarts: Restarts,
  { back, isKafkajs }: { back: Back; isKafkajs: boolean },
): Course {
  const isHasty = restarts.wait === "none";
  const together = (of: (turn: Course) => Progress, isChained: (one: Progress) => boolean): Progress => {
    const ends = turns.map((turn) => ended(of(turn), isHasty, back));
    const longest = ends.reduce((a, b) => (b.gap.toMs > a.gap.toMs ? b : a));
    const chained = ends.filter(isChained).reduce((sum, { gap }) => sum + gap.toMs, 0);
    const gap = latest(...ends.map((one) => one.gap));
    return {
      odds: isHasty ? EITHER : 1,
      gap: isHasty ? span(0, back.span.toMs) : span(gap.fromMs, Math.max(gap.toMs, chained)),
      timers: longest.timers,
      reasons: [...new Set<GroupReasonCode>(["broker by broker", ...ends.flatMap(({ reasons }) => reasons)])],
    };
  };
  const [first] = turns as [Course, ...Course[]];
  return {
    odds: 1,
    partitions: first.partitions.map((_, i) => together((turn) => turn.partitions[i]!, goesOnIntoNext)),
    // null: nobody commits by policy
    commits:
      first.commits === null
        ? null
        : together(
            (turn) => turn.commits!,
            () => isKafkajs,
          ),
    rebalance: 1 - turns.reduce((none, { rebalance }) => none * (1 - rebalance), 1),
    skipped: turns.map(({ skipped }) => skipped).reduce(added),
    repeated: turns.map(({ repeated }) => repeated).reduce(added),
  };
}

type Ended = Progress & { readonly gap: Span };

/** It goes on in one turn, or when the broker is back. */
function ended(progress: Progress, isHasty: boolean, back: Back): Ended {
  const { odds, gap, timers, reasons } = progress;
  if (odds === 1 && gap !== null && !isHasty) return { ...progress, gap };
  return {
    odds: 1,
    gap: gap === null ? back.span : anyOf(gap, back.span),
    timers: distinct([...timers, back.timer]),
    reasons: [...reasons, "comes back"],
  };
}

/** kafkajs that starts anew, or joins again, may not have done so when the next turn begins. */
function goesOnIntoNext({ reasons }: Progress): boolean {
  return reasons.some((one) => one.startsWith("kafkajs"));
}
