// Records what the observer sees: a `cluster` event whenever the cluster's state changes.

import type { ClusterEvent } from "../../model/history.ts";
import type { Run } from "../run.ts";
import type { Observer, View } from "./observe.ts";
import type { TopicIds } from "./topic-ids.ts";

/** Together with the request's own time less than 50 ms from poll to poll. */
const FAST_MS = 40;
/**
 * Polling three brokers and three voters 25 times a second costs over 10 % of a processor, so only after a
 * change.
 */
const CALM_MS = 500;
/** How long polling stays fast after a change: one change is often followed by others. */
const FAST_FOR_MS = 1_000;

/** A recording of the cluster's state, while it goes on. */
export interface Recording {
  /**
   * Reports a change, such as an injected fault or a line of a broker's log: polls at once, then every 40 ms
   * for a second.
   *
   * @param isFollowed whether the brokers' logs report changes of leaders and replicas, too
   */
  pollFast(isFollowed: boolean): void;
  stop(): void;
}

export interface RecordViewsOptions {
  /** Whether no fault is open. @default always */
  isQuiet?(): boolean;
  /** Called with the ids of the topics. @default not called */
  topicIds?: TopicIds;
}

/**
 * Writes the cluster's state into the history whenever it changes.
 *
 * Polls every 40 ms for a second after each change and each `pollFast`, and while a fault is open if the
 * brokers' logs do not report leaders and replicas (the logs are exact to the millisecond); else every 500
 * ms.
 */
export function recordViews(
  run: Run,
  observer: Observer,
  topics: () => readonly string[],
  { isQuiet = () => true, topicIds }: RecordViewsOptions = {},
): Recording {
  let last = "";
  let isLogFollowed = false;
  let fastUntilMs = 0;
  const watch = observer.watch(
    topics,
    () => (run.now() > fastUntilMs && (isLogFollowed || isQuiet()) ? CALM_MS : FAST_MS),
    (view: View) => {
      const { controller, controllerNode, controllerEpoch, alive, partitions } = view;
      for (const [topic, id] of view.topicIds) topicIds?.note(topic, id);
      const seen: Omit<ClusterEvent, "kind" | "atMs"> = {
        controller,
        controllerNodeId: controllerNode,
        controllerEpoch,
        alive,
        partitions,
      };
      const text = JSON.stringify(seen);
      if (text === last) return;
      last = text;
      fastUntilMs = run.now() + FAST_FOR_MS;
      run.record({ kind: "cluster", atMs: run.now(), ...seen });
    },
  );
  return {
    pollFast(isFollowed) {
      isLogFollowed ||= isFollowed;
      fastUntilMs = run.now() + FAST_FOR_MS;
      watch.look();
    },
    stop: watch.stop,
  };
}
