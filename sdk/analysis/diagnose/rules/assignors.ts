// How the members of a group divide its partitions: assignors that a client has, and that members have in
// common.

import { addressesIn } from "../addresses.ts";
import type { Client } from "../facts.ts";
import type { Problem, Rule } from "../finding.ts";
import { fixing } from "../fix.ts";
import { settingFor } from "../known/clients.ts";
import { listOf, type Setting } from "../setting.ts";
import { consumers, eachConsumer, groupOf, isClassic, isUnknown } from "./consumers.ts";
import { list, withEarlier } from "./words.ts";

const STRATEGY = "partition.assignment.strategy";
const PACKAGE = "org.apache.kafka.clients.consumer.";

/** The names by which members agree, by the classes of Kafka's client (ConsumerPartitionAssignor.name). */
const NAME_OF: Readonly<Record<string, string>> = {
  RangeAssignor: "range",
  RoundRobinAssignor: "roundrobin",
  StickyAssignor: "sticky",
  CooperativeStickyAssignor: "cooperative-sticky",
};
const CLASS_OF: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(NAME_OF).map(([name, short]) => [short, `${PACKAGE}${name}`]),
);
/** What librdkafka has (rdkafka_assignor.c), and what stands for the others. */
const OF_LIBRDKAFKA: ReadonlySet<string> = new Set(["range", "roundrobin", "cooperative-sticky"]);

export const assignorRules: readonly Rule[] = [
  {
    id: "assignor-unknown",
    severity: "error",
    title: "an assignor that the client does not have",
    source:
      "Kafka: ConsumerPartitionAssignor.getAssignorInstances takes names of classes, tried with 3.9.2 " +
      'and 4.4.0 (ClassNotFoundException); librdkafka: rdkafka_assignor.c, "Unsupported ' +
      'partition.assignment.strategy", tried with 2.16',
    check: (facts) => eachConsumer(facts, unknown),
  },
  {
    id: "assignors-eager-and-cooperative",
    severity: "note",
    title: "a cooperative assignor without effect",
    source:
      "Kafka: ConsumerCoordinator takes the rebalance protocol that all assignors of the list support " +
      '(KIP-429); librdkafka: rdkafka_assignor.c, "must have the same protocol type", tried with 2.16',
    check: (facts) => eachConsumer(facts, mixed),
  },
  {
    id: "assignors-not-in-common",
    severity: "error",
    title: "members of one group have no assignor in common",
    source:
      "Kafka: ClassicGroup.supportsProtocols (INCONSISTENT_GROUP_PROTOCOL); kafkajs's only assigner is " +
      "named RoundRobinAssigner (consumer/assigners/roundRobinAssigner)",
    check: (facts) => withEarlier(consumers(facts), apart),
  },
];

/** The assignors of a client by the names that members compare; null where they are not known. */
function assignorsOf(client: Client): readonly string[] | null {
  if (client.kind === "kafkajs")
    return client.settings.given.has("partitionAssigners") ? null : ["RoundRobinAssigner"];
  const setting = client.settings.of(STRATEGY);
  if (isUnknown(setting)) return null;
  const names = listOf(setting.value).map((one) =>
    client.kind === "librdkafka" ? one : NAME_OF[one.replace(PACKAGE, "")],
  );
  return names.every((name) => name !== undefined) ? names : null;
}

function unknown(client: Client): Problem | null {
  const strategy = client.settings.given.get(STRATEGY);
  if (client.kind === "kafkajs" || strategy === undefined || isUnknown(strategy)) return null;
  const names = listOf(strategy.value);
  const isJava = client.kind === "java";
  const wrong = names.filter((name) => (isJava ? CLASS_OF[name] !== undefined : !OF_LIBRDKAFKA.has(name)));
  if (wrong.length === 0) return null;
  const right = names.map((name) => (isJava ? (CLASS_OF[name] ?? name) : ofLibrdkafka(name)));
  return {
    settings: [strategy],
    happens:
      `The consumer does not start: ${list(wrong)} ` +
      `${isJava ? "is no class (ClassNotFoundException)" : 'is unknown ("Unsupported …")'}.`,
    fix: client.settings.set(STRATEGY, [...new Set(right)].join(",")),
  };
}

function ofLibrdkafka(name: string): string {
  if (OF_LIBRDKAFKA.has(name)) return name;
  const short = NAME_OF[name.replace(PACKAGE, "")] ?? name;
  return short === "sticky" ? "cooperative-sticky" : OF_LIBRDKAFKA.has(short) ? short : "range";
}

function mixed(client: Client): Problem | null {
  const names = client.kind === "kafkajs" ? null : assignorsOf(client);
  const strategy = client.settings.given.get(STRATEGY);
  if (strategy === undefined || names === null || !names.includes("cooperative-sticky")) return null;
  const eager = names.filter((name) => name !== "cooperative-sticky");
  // written out, Kafka's default is no decision
  const isDefault = client.kind === "java" && names.join() === "range,cooperative-sticky";
  if (eager.length === 0 || isDefault) return null;
  if (client.kind === "librdkafka") {
    if (eager.some((name) => !OF_LIBRDKAFKA.has(name))) return null;
    return {
      settings: [strategy],
      severity: "error",
      happens:
        `The consumer does not start: ${list(eager)} and cooperative-sticky "must have the same ` +
        'protocol type".',
      fix: client.settings.set(STRATEGY, "cooperative-sticky"),
    };
  }
  return {
    settings: [strategy],
    happens:
      `While ${list(eager)} ${eager.length === 1 ? "is" : "are"} in the list, too, rebalances are ` +
      "eager: each time a member comes or goes, all of them give back all partitions. It is right only " +
      "while a group changes from one to the other.",
    fix: fixing(
      client.settings.set(STRATEGY, CLASS_OF["cooperative-sticky"]!),
      ", once every member has it in its list",
    ),
  };
}

function apart(client: Client, earlier: Client): Problem[] {
  const [group, other] = [groupOf(client), groupOf(earlier)];
  if (group === null || other === null || group.value.trim() !== other.value.trim()) return [];
  if (isOneProgram(client, earlier) || !isClassic(client) || !isClassic(earlier)) return [];
  const [own, others] = [assignorsOf(client), assignorsOf(earlier)];
  if (own === null || others === null || own.some((name) => others.includes(name))) return [];
  if (!mayMeet(client, earlier)) return [];
  return [
    {
      settings: [strategyOf(client) ?? group, strategyOf(earlier) ?? other, ...[group, other]].filter(
        (setting, i, all) => all.indexOf(setting) === i,
      ),
      happens:
        `Both are of the group ${group.value.trim()}; one offers ${list(own)}, the other ${list(others)}: ` +
        "whichever joins second is rejected (INCONSISTENT_GROUP_PROTOCOL) and never reads.",
      fix: inCommon(client, earlier, others),
    },
  ];
}

function strategyOf({ settings: { given } }: Client): Setting | undefined {
  return given.get(STRATEGY);
}

function inCommon(client: Client, earlier: Client, others: readonly string[]): Problem["fix"] {
  if (client.kind === "kafkajs" || earlier.kind === "kafkajs")
    return "another group id for one of them; both then read every record";
  if (client.kind === "java")
    return client.settings.set(STRATEGY, others.map((name) => CLASS_OF[name]).join());
  const eager = others.filter((name) => name !== "cooperative-sticky");
  const known = (eager.length === 0 ? others : eager).filter((name) => OF_LIBRDKAFKA.has(name));
  return known.length === 0 ? "the same assignor for both" : client.settings.set(STRATEGY, known.join());
}

/** Profiles of one Spring application are not started side by side. */
export function isOneProgram(a: Client, b: Client): boolean {
  const isOfFiles = (client: Client): boolean => client.isSpring && client.isInCompose !== true;
  return isOfFiles(a) && isOfFiles(b);
}

/** False where both say which brokers they dial, and have none in common. */
export function mayMeet(a: Client, b: Client): boolean {
  const [one, other] = [a, b].map((client) => {
    const setting = settingFor(client, "bootstrap");
    return setting?.origin !== "file" || isUnknown(setting)
      ? []
      : addressesIn(setting.value).map(({ host, port }) => `${host}:${port}`);
  });
  return one!.length === 0 || other!.length === 0 || one!.some((address) => other!.includes(address));
}
