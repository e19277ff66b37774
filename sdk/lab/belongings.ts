// What a lab makes on a cluster that it has not started: topics when they are needed or asked for, consumer
// groups when a probe reads. It is deleted when the lab ends; whatever was there before stays.

import { LabError } from "../model/errors.ts";

/** What the lab has made on somebody's cluster. */
export interface Belongings {
  /** The lab has made a topic. */
  madeTopic(topic: string): void;
  /** The lab makes a consumer group. */
  madeGroup(group: string): void;
  /** Whether the lab has made this consumer group. */
  hasMadeGroup(group: string): boolean;
  /**
   * Resolves when a client may use the topic: the lab's own is created at the first call, any other has to be
   * there.
   *
   * @throws LabError NO_SUCH_TOPIC; COMMAND_FAILED, NOT_READY where the lab's own cannot be made
   */
  ready(topic: string): Promise<void>;
  /** Deletes what was made; what cannot be deleted is noted, with its name. */
  remove(): Promise<void>;
}

export interface BelongingsParts {
  /** The lab's own topic, which may be created; undefined where the caller has named one. */
  ownTopic: string | undefined;
  exists(topic: string): Promise<boolean>;
  create(topic: string): Promise<void>;
  deleteTopics(topics: readonly string[]): Promise<void>;
  /** Deletes these consumer groups and those of the lab's probes, and returns their names. */
  deleteGroups(groups: ReadonlySet<string>): Promise<readonly string[]>;
  note(text: string): void;
  /** Called for what stays on the cluster. */
  onLeft(text: string): void;
}

export function makeBelongings(parts: BelongingsParts): Belongings {
  const { ownTopic, exists, create, note, onLeft } = parts;
  const topics = new Set<string>();
  const groups = new Set<string>();
  let creating: Promise<void> | undefined;
  const attempt = async (what: string, act: () => Promise<readonly string[]>): Promise<void> => {
    const deleted = await act().catch((error: unknown) => {
      onLeft(`Cannot delete from the cluster what the lab has made: ${what}: ${(error as Error).message}`);
      return [];
    });
    if (deleted.length > 0) note(`deleted from the cluster what the lab had made: ${deleted.join(", ")}`);
  };
  return {
    madeTopic: (topic) => void topics.add(topic),
    madeGroup: (group) => void groups.add(group),
    hasMadeGroup: (group) => groups.has(group),
    async ready(topic) {
      if (topic === ownTopic) return await (creating ??= create(topic).catch(failed));
      if (!topics.has(topic) && !(await exists(topic))) throw noSuchTopic(topic);
    },
    async remove() {
      await attempt("consumer groups", () => parts.deleteGroups(groups));
      const made = [...topics];
      topics.clear();
      if (made.length === 0) return;
      await attempt(`topic ${made.join(", ")}`, async () => {
        await parts.deleteTopics(made);
        return made;
      });
    },
  };

  function failed(error: unknown): never {
    creating = undefined;
    throw error;
  }
}

function noSuchTopic(topic: string): LabError {
  return new LabError("NO_SUCH_TOPIC", `Cannot use the topic ${topic}: the cluster has none of that name`, {
    hint:
      "The lab creates no topic on a cluster of yours unless it is asked to: topic: { create: true }, or " +
      "cluster.createTopic. It deletes what it has made when it closes.",
  });
}

/** A name that says whose topic it is. */
export function ownTopicName(lab: string): string {
  return `kafka-failure-lab-${lab}`;
}
