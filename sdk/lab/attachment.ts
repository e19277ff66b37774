// What a lab does differently on a cluster that it has not started: its clients dial the links in front of
// the brokers, and it makes no topic that it does not delete.

import { deleteGroups, deleteTopics } from "../client/admin.ts";
import { offsetsSince } from "../client/offsets-since.ts";
import type { Engine } from "../engine/engine.ts";
import { LabError } from "../model/errors.ts";
import type { Security } from "../model/security.ts";
import { makeBelongings, ownTopicName } from "./belongings.ts";
import type { LabContext } from "./context.ts";
import type { OpenFaults } from "./faults/open-faults.ts";
import type { Observer } from "./observe/observe.ts";
import type { Attachment } from "./workload/probes.ts";

export interface AttachmentParts {
  engine: Engine;
  /** The lab's id. */
  lab: string;
  /** The topic that the lab may create by itself. */
  ownTopic: string | undefined;
  observer: Observer;
  faults: OpenFaults;
  endpoints: readonly string[];
  security: Security | undefined;
  /** Creates the lab's own topic and waits until it is there. */
  createOwn(topic: string): Promise<void>;
}

/** Undefined for a cluster whose brokers the lab starts and stops. */
export function attachmentOf(
  { run, note, progress, ending }: LabContext,
  { engine, lab, ownTopic, observer, faults, endpoints, security, createOwn }: AttachmentParts,
): Attachment | undefined {
  const { routes } = engine;
  if (routes === undefined) return undefined;
  const groups = `${ownTopicName(lab)}-`;
  let mayHaveGroups = false;
  const exists = async (topic: string): Promise<boolean> => {
    const { partitions, answered } = await observer.look([topic]);
    return answered === 0 || partitions.some((one) => one.topic === topic);
  };
  const belongings = makeBelongings({
    ownTopic,
    exists,
    create: createOwn,
    deleteTopics: (topics) => deleteTopics(endpoints, topics, security),
    async deleteGroups(made) {
      if (!mayHaveGroups && made.size === 0) return [];
      const isOwn = (name: string): boolean => name.startsWith(groups) || made.has(name);
      return await deleteGroups(endpoints, isOwn, security);
    },
    note,
    onLeft(text) {
      note(text);
      progress.say(text);
    },
  });
  ending.add(() => belongings.remove());
  const began = new Map<string, Promise<ReadonlyMap<number, string>>>();
  return {
    routes,
    groups,
    belongings,
    begin(topic) {
      mayHaveGroups = true; // a probe reads
      const known = began.get(topic) ?? offsetsSince(topic, endpoints, run.startedAt, security);
      began.set(topic, known);
      return known;
    },
    isOwnTopic: ownTopic !== undefined,
    assertJava() {
      if (faults.open.some(({ network }) => network !== undefined)) throw notForJava(["this one"]);
    },
  };
}

/** @throws LabError UNSUPPORTED where there are clients in Java, on which no fault of the links acts */
export function assertNoJava(names: readonly string[]): void {
  if (names.length > 0) throw notForJava(names);
}

function notForJava(names: readonly string[]): LabError {
  return new LabError(
    "UNSUPPORTED",
    `Cannot put a fault of the network on clients in Java (${names.join(", ")}): they dial the brokers ` +
      "where the cluster advertises them, past the lab's links",
    {
      hint:
        "Clients of kafkajs pass the links. For Java define a fault with commands of your own, such as tc " +
        "or a firewall (defineFault; docs/add-a-fault.md).",
    },
  );
}
