// Connectors of Connect: what is done with records that fail, and what a worker lets them override.

import type { Connector, Facts, Worker } from "../facts.ts";
import type { Problem, Rule } from "../finding.ts";
import { fixing, fixingAll } from "../fix.ts";
import { isOpen, listOf, type Setting } from "../setting.ts";
import { best } from "./replica-fixes.ts";
import { brokersIn } from "./replicas-of-others.ts";
import { list } from "./words.ts";

const POLICY = "connector.client.config.override.policy";
const SUPPORT = "exactly.once.source.support";
const TOLERANCE = "errors.tolerance";
const DEAD = "errors.deadletterqueue.topic.name";
const FACTOR = "errors.deadletterqueue.topic.replication.factor";
const SINK = "Kafka: SinkConnectorConfig";

/** A problem for each connector for which the function finds one. */
function each(facts: Facts, find: (connector: Connector) => Problem | null): Problem[] {
  return facts.connectors.flatMap((connector) => {
    const problem = find(connector);
    return problem === null ? [] : [{ ...problem, node: connector.name }];
  });
}

export const connectorRules: readonly Rule[] = [
  {
    id: "connector-override-refused",
    severity: "error",
    title: "a connector overrides settings that its worker does not let it override",
    source:
      "Kafka: NoneConnectorClientConfigOverridePolicy, PrincipalConnectorClientConfigOverridePolicy; " +
      "AbstractHerder.validateClientOverrides (KIP-458); All is the default since 3.0 (KIP-722)",
    check: (facts) => each(facts, (connector) => refusedOverrides(facts.workers, connector)),
  },
  {
    id: "connector-topics",
    severity: "error",
    title: "a sink connector with no topics, or with both topics and topics.regex",
    source: `${SINK}.validate, "Must configure one of topics or topics.regex"`,
    check: (facts) => each(facts, topics),
  },
  {
    id: "connector-reads-dead-letters",
    severity: "error",
    title: "a sink connector reads its own dead letter queue",
    source: `${SINK}.validate, "The DLQ topic … may not be included in the list of topics"`,
    check: (facts) => each(facts, circular),
  },
  {
    id: "connector-dead-letters-stop",
    severity: "warning",
    title: "a dead letter queue, and a connector that stops at the first bad record",
    source:
      "Kafka: errors.tolerance, default none; RetryWithToleranceOperator.execAndHandleError, " +
      '"Tolerance exceeded in error handler" (KIP-298)',
    check: (facts) => each(facts, stopping),
  },
  {
    id: "connector-drops-records",
    severity: "warning",
    title: "records that fail are dropped without a trace",
    source:
      "Kafka: errors.tolerance=all skips records; errors.log.enable and errors.deadletterqueue.topic.name " +
      "are off by default (ConnectorConfig, SinkConnectorConfig, KIP-298)",
    check: (facts) => each(facts, dropping),
  },
  {
    id: "connector-dead-letters-of-source",
    severity: "warning",
    title: "a dead letter queue of a source connector",
    source:
      "Kafka: SourceConnectorConfig does not define errors.deadletterqueue.*, only SinkConnectorConfig does",
    check: (facts) => each(facts, ofSource),
  },
  {
    id: "connector-dead-letters-replicas",
    severity: "error",
    title: "the dead letter queue has more replicas than there are brokers, or one",
    source:
      'Kafka: DeadLetterQueueReporter.createAndSetup, "Could not initialize dead letter queue"; ' +
      "errors.deadletterqueue.topic.replication.factor, default 3",
    check: (facts) => each(facts, (connector) => replicas(facts, connector)),
  },
  {
    id: "connector-exactly-once",
    severity: "error",
    title: "a connector requires exactly-once support that its worker does not have",
    source:
      "Kafka: SourceConnectorConfig, exactly.once.support=required; exactly.once.source.support (KIP-618)",
    check: (facts) => each(facts, (connector) => exactlyOnce(facts.workers, connector)),
  },
];

const PRINCIPAL: ReadonlySet<string> = new Set(["sasl.jaas.config", "sasl.mechanism", "security.protocol"]);
const OVERRIDE = /^(producer|consumer|admin)\.override\./;

function refusedOverrides(workers: readonly Worker[], { name, settings }: Connector): Problem | null {
  const [worker, ...others] = workers;
  if (worker === undefined) return null;
  const policy = worker.settings.of(POLICY);
  const bare = policy.value.trim().replace(/^.*\.|ConnectorClientConfigOverridePolicy$/g, "");
  if (others.some((one) => one.settings.of(POLICY).value !== policy.value)) return null;
  if (bare !== "None" && bare !== "Principal") return null;
  const refused = [...settings.given.values()].filter(
    ({ key }) => OVERRIDE.test(key) && !(bare === "Principal" && PRINCIPAL.has(key.replace(OVERRIDE, ""))),
  );
  if (refused.length === 0) return null;
  return {
    settings: [policy, ...refused],
    happens:
      `No worker takes the connector ${name}: "The '${bare}' policy does not allow ` +
      `'${refused[0]!.key.replace(OVERRIDE, "")}' to be overridden in the connector configuration."`,
    fix: fixing(
      fixingAll(workers.map((one) => one.settings.set(POLICY, "All"))),
      `, or remove ${list(refused.map(({ key }) => key))}`,
    ),
  };
}

function given({ settings }: Connector, key: string): Setting | undefined {
  const found = settings.given.get(key);
  return found === undefined || found.value.trim() === "" ? undefined : found;
}

function topics(connector: Connector): Problem | null {
  const { name, role, settings } = connector;
  const [some, regex] = [given(connector, "topics"), given(connector, "topics.regex")];
  if (role !== "sink" || (some === undefined) !== (regex === undefined)) return null;
  return some === undefined
    ? {
        settings: [settings.of("topics")],
        happens: `No worker takes the connector ${name}: "Must configure one of topics or topics.regex".`,
        fix: settings.spell("topics", "NAME"),
      }
    : {
        settings: [regex!, some],
        happens:
          `No worker takes the connector ${name}: "topics and topics.regex are mutually exclusive ` +
          `options, but both are set."`,
        fix: settings.remove("topics.regex"),
      };
}

function circular(connector: Connector): Problem | null {
  const { name, settings } = connector;
  const dead = given(connector, DEAD);
  const some = given(connector, "topics");
  if (dead === undefined || some === undefined || isOpen(dead.value)) return null;
  const names = listOf(some.value);
  const topic = dead.value.trim();
  if (!names.includes(topic)) return null;
  return {
    settings: [dead, some],
    happens: `No worker takes the connector ${name}: it would read ${topic}, where its failed records go.`,
    fix: settings.set(DEAD, `${topic}-dead-letters`),
  };
}

function stopping(connector: Connector): Problem | null {
  const { name, role, settings } = connector;
  const dead = given(connector, DEAD);
  const tolerance = settings.of(TOLERANCE);
  if (role === "source" || dead === undefined || tolerance.value !== "none") return null;
  return {
    settings: [tolerance, dead],
    happens:
      `The first record that fails goes to ${dead.value}, and then the task of ${name} fails; when it is ` +
      "restarted, it fails at the same record again.",
    fix: settings.set(TOLERANCE, "all"),
  };
}

function dropping(connector: Connector): Problem | null {
  const { name, role, settings } = connector;
  const tolerance = settings.of(TOLERANCE);
  const isReported = settings.isTrue("errors.log.enable") || (role !== "source" && given(connector, DEAD));
  if (tolerance.value !== "all" || isReported) return null;
  return {
    settings: [tolerance, settings.of("errors.log.enable")],
    happens:
      `Records that ${name} cannot convert, transform or write are skipped: neither a log nor a topic has ` +
      "them, only metrics count them.",
    fix: fixing(
      settings.set("errors.log.enable", "true"),
      role === "source" ? "" : `, or ${settings.spell(DEAD, "NAME")}`,
    ),
  };
}

function ofSource({ name, role, settings }: Connector): Problem | null {
  const found = [...settings.given.values()].filter(({ key }) => key.startsWith("errors.deadletterqueue."));
  if (role !== "source" || found.length === 0) return null;
  return {
    settings: found,
    happens: `${name} is a source connector: Connect writes none of its records to a dead letter queue.`,
    fix: fixingAll(found.map(({ key }) => settings.remove(key))),
  };
}

function replicas(facts: Facts, connector: Connector): Problem | null {
  const { cluster } = facts;
  const { name, role, settings } = connector;
  const dead = given(connector, DEAD);
  if (role === "source" || dead === undefined || cluster === null) return null;
  const factor = settings.of(FACTOR);
  const count = settings.number(FACTOR);
  const fix = settings.set(FACTOR, String(best(facts)));
  if (cluster.isWhole && count > cluster.brokerCount)
    return {
      settings: [factor, dead],
      happens:
        `Unless ${dead.value} is there, every task of ${name} fails when it starts: it wants ` +
        `${count} replicas, and there ${cluster.brokerCount === 1 ? "is" : "are"} ${brokersIn(facts)}.`,
      fix,
    };
  if (cluster.isAlone || count !== 1) return null;
  return {
    settings: [factor, dead],
    severity: "warning",
    happens:
      `${dead.value} has one replica although there are several brokers: while its broker is down, records ` +
      "that fail are lost, and with its disk all that it has.",
    fix: fixing(fix, ", before the topic is created"),
  };
}

function exactlyOnce(workers: readonly Worker[], connector: Connector): Problem | null {
  const { name, role, settings } = connector;
  const wanted = given(connector, "exactly.once.support");
  if (role === "sink" || wanted === undefined || !/^\s*required\s*$/i.test(wanted.value)) return null;
  const lacking = workers.filter(
    ({ mode, settings: own }) => mode === "distributed" && !/^\s*enabled\s*$/i.test(own.of(SUPPORT).value),
  );
  if (lacking.length === 0 || isOpen(settings.of("exactly.once.support").value)) return null;
  return {
    settings: [wanted, ...lacking.map(({ settings: own }) => own.of(SUPPORT))],
    happens:
      `No worker takes the connector ${name}: it requires exactly-once support, and ` +
      `${list(lacking.map((worker) => worker.name))} ${lacking.length === 1 ? "does" : "do"} not have it.`,
    fix: fixing(
      fixingAll(lacking.map(({ settings: own }) => own.set(SUPPORT, "enabled"))),
      "; in a cluster that runs, first preparing on every worker",
    ),
  };
}
