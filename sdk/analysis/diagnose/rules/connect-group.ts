// Several workers of Connect: one group shares its topics, and no other group does.

import type { Facts, Worker } from "../facts.ts";
import type { Problem, Rule } from "../finding.ts";
import { fixing, fixingAll } from "../fix.ts";
import { STORES } from "../known/connect.ts";
import { isOpen, listOf } from "../setting.ts";
import { isSelf } from "./reach.ts";
import { withEarlier } from "./words.ts";

const GROUP = "group.id";
const ADVERTISED = "rest.advertised.host.name";
const TOPICS = STORES.map((store) => `${store}.storage.topic`);

export const connectGroupRules: readonly Rule[] = [
  {
    id: "connect-topics-differ",
    severity: "error",
    title: "workers of one group have different topics",
    source:
      "Kafka: documentation, Connect: all workers of a group.id share config, offset and status topics; " +
      "DistributedHerder reads assignments against its own config topic",
    check: (facts) => ofOneCluster(facts, differing),
  },
  {
    id: "connect-topics-shared",
    severity: "error",
    title: "two groups of workers share a topic",
    source:
      "Kafka: documentation, Connect: the three topics are one Connect cluster's own; each group's leader " +
      "writes to its config topic (KafkaConfigBackingStore)",
    check: (facts) => ofOneCluster(facts, sharing),
  },
  {
    id: "connect-one-topic-for-all",
    severity: "error",
    title: "a worker uses one topic for two purposes",
    source:
      'Kafka: KafkaConfigBackingStore.start, "required to have a single partition"; offsets have 25 by ' +
      "default, status 5",
    check: (facts) => distributed(facts).flatMap(twice),
  },
  {
    id: "connect-advertised-localhost",
    severity: "error",
    title: "workers of a group advertise localhost to each other",
    source:
      "Kafka: RestServer.advertisedUrl; a follower forwards requests to the leader's advertised URL " +
      "(HerderRequestHandler)",
    check: (facts) => ofOneCluster(facts, atHome),
  },
];

function distributed({ workers }: Facts): Worker[] {
  return workers.filter(({ mode }) => mode === "distributed");
}

/** What workers with the same brokers have with one before them. */
function ofOneCluster(facts: Facts, find: (pair: readonly [Worker, Worker]) => Problem[]): Problem[] {
  const all = distributed(facts).map((worker) => ({ worker, brokers: brokersOf(worker) }));
  return withEarlier(all, (one, earlier) =>
    one.brokers !== earlier.brokers || textOf(one.worker, GROUP) === ""
      ? []
      : find([one.worker, earlier.worker]),
  );
}

function textOf({ settings: { given } }: Worker, key: string): string {
  const value = given.get(key)?.value.trim() ?? "";
  return isOpen(value) ? "" : value;
}

function brokersOf(worker: Worker): string {
  return listOf(textOf(worker, "bootstrap.servers")).sort().join(",");
}

function isOneGroup([a, b]: readonly [Worker, Worker]): boolean {
  return textOf(a, GROUP) === textOf(b, GROUP);
}

function differing(pair: readonly [Worker, Worker]): Problem[] {
  const [worker, other] = pair;
  const key = TOPICS.find(
    (one) =>
      textOf(worker, one) !== "" && textOf(other, one) !== "" && textOf(worker, one) !== textOf(other, one),
  );
  if (!isOneGroup(pair) || key === undefined) return [];
  return [
    {
      node: worker.name,
      settings: [worker.settings.of(key), other.settings.of(key), worker.settings.of(GROUP)],
      happens:
        `${worker.name} and ${other.name} are of the group ${textOf(worker, GROUP)} with the topics ` +
        `${textOf(worker, key)} and ${textOf(other, key)}: a worker that the leader gives a connector ` +
        "does not " +
        "find it in its own topic.",
      fix: worker.settings.set(key, textOf(other, key)),
    },
  ];
}

function sharing(pair: readonly [Worker, Worker]): Problem[] {
  const [worker, other] = pair;
  const shared = TOPICS.filter(
    (one) => textOf(worker, one) !== "" && textOf(worker, one) === textOf(other, one),
  );
  const [key] = shared;
  if (isOneGroup(pair) || key === undefined) return [];
  return [
    {
      node: worker.name,
      settings: [worker.settings.of(key), other.settings.of(key), worker.settings.of(GROUP)],
      happens:
        `${worker.name} is of the group ${textOf(worker, GROUP)} and ${other.name} of ` +
        `${textOf(other, GROUP)}, and ` +
        `both use the topic ${textOf(worker, key)}: each runs the other's connectors, or overwrites ` +
        "its offsets.",
      fix: fixing(
        `one ${GROUP}, or `,
        fixingAll(shared.map((one) => worker.settings.set(one, `${textOf(worker, one)}-2`))),
      ),
    },
  ];
}

function twice(worker: Worker): Problem[] {
  const [first, second] = TOPICS.flatMap((key) => {
    const twin = TOPICS.find((other) => other !== key && textOf(worker, other) === textOf(worker, key));
    return textOf(worker, key) === "" || twin === undefined ? [] : [key];
  });
  if (first === undefined || second === undefined) return [];
  const topic = textOf(worker, first);
  return [
    {
      node: worker.name,
      settings: [worker.settings.of(second), worker.settings.of(first)],
      happens:
        `${first} and ${second} of ${worker.name} are both ${topic}: records of one kind are read as ` +
        "the other's, " +
        "and a config topic with more than one partition is refused.",
      fix: worker.settings.set(second, `${topic}-${second.split(".")[0]}`),
    },
  ];
}

function atHome(pair: readonly [Worker, Worker]): Problem[] {
  const [worker, other] = pair;
  if (!isOneGroup(pair) || !(worker.isInCompose && other.isInCompose)) return [];
  return [worker, other]
    .filter((one) => isSelf(textOf(one, ADVERTISED)))
    .map((one) => ({
      node: one.name,
      settings: [one.settings.of(ADVERTISED)],
      happens:
        `${one.name} advertises ${textOf(one, ADVERTISED)} to the other workers of its group, which to ` +
        "each is its " +
        "own container: requests that have to go to the leader fail while another worker leads.",
      fix: one.settings.set(ADVERTISED, one.name),
    }));
}
