// Who votes, and who is who. A majority of n voters is n/2+1: two voters survive nothing, four no more than
// three.

import { LOOPBACK } from "../../../compose/mod.ts";
import { refusalOf } from "../../../kafka/mod.ts";
import type { Cluster, Facts, Node } from "../facts.ts";
import type { Problem, Rule } from "../finding.ts";
import type { Setting } from "../setting.ts";
import { list, onePerPlace, settingOf } from "./words.ts";

const VOTERS = "controller.quorum.voters";
const FORM = "Each entry should be in the form `{id}@{host}:{port}`.";
const KAFKA_CONFIG = "Kafka: KafkaConfig.validateValues (KafkaConfig.scala), tried with 3.9.2 and 4.4.0";

function voted(cluster: Cluster | null): readonly Node[] {
  return cluster?.nodes.filter(({ voters }) => voters.length > 0) ?? [];
}

function withVoters(
  count: (voters: number) => boolean,
  facts: Facts,
): { nodes: readonly Node[]; first: Node } | null {
  const nodes = voted(facts.cluster).filter(({ voters }) => count(voters.length));
  return nodes[0] === undefined ? null : { nodes, first: nodes[0] };
}

/** One problem a node, where the function finds one. */
function each(facts: Facts, find: (node: Node) => Problem | null): Problem[] {
  return (facts.cluster?.nodes ?? []).flatMap((node) => find(node) ?? []);
}

export const quorumRules: readonly Rule[] = [
  {
    id: "two-voters",
    severity: "error",
    title: "two quorum voters survive no loss",
    source:
      'Kafka: ops.html, "a majority of the controllers must be alive"; LeaderState.java, CandidateState.java (majority = n/2+1)',
    check: (facts) => {
      const found = withVoters((count) => count === 2, facts);
      if (found === null) return [];
      const happens =
        "A majority of two voters is two: when either node is killed, hangs or is cut off there is no controller, so no leader is elected, no ISR changes and no topic is made. " +
        "A clean stop moves the leaders before, but the survivor cannot restart alone.";
      return [
        {
          settings: settingOf(found.nodes, VOTERS),
          happens,
          fix: `a third voter on every node, which may be a controller only (process.roles=controller): ${found.first.settings.spell(VOTERS, `${found.first.settings.of(VOTERS).value},ID@HOST:PORT`)}`,
        },
      ];
    },
  },
  {
    id: "even-voters",
    severity: "warning",
    title: "an even number of quorum voters",
    source:
      'Kafka: ops.html, KRaft: "with 3 controllers, the cluster can tolerate 1 controller failure"; majority = n/2+1',
    check: (facts) => {
      const found = withVoters((count) => count > 2 && count % 2 === 0, facts);
      if (found === null) return [];
      const count = found.first.voters.length;
      const happens = `${count} voters need ${count / 2 + 1} alive and so survive the loss of ${count / 2 - 1}, as ${count - 1} would; a network that splits in halves leaves no controller on either side.`;
      return [
        { settings: settingOf(found.nodes, VOTERS), happens, fix: `${count - 1} or ${count + 1} voters` },
      ];
    },
  },
  {
    id: "one-voter",
    severity: "warning",
    title: "one quorum voter for several brokers",
    source: "Kafka: ops.html, KRaft: 3 or 5 controllers; majority = n/2+1",
    check: (facts) => {
      const found = (facts.cluster?.brokerCount ?? 0) > 1 ? withVoters((count) => count === 1, facts) : null;
      if (found === null) return [];
      const id = found.first.voters[0]!.id;
      const happens = `Node ${id} is the only controller of ${facts.cluster!.brokerCount} brokers: while it is stopped, killed or cut off, no partition whose leader is lost gets another, and nothing can be created.`;
      return [{ settings: settingOf(found.nodes, VOTERS), happens, fix: "three voters on every node" }];
    },
  },
  {
    id: "voters-differ",
    severity: "error",
    title: "nodes disagree about who votes",
    source: "Kafka: controller.quorum.voters must be the same on every node (ops.html, KRaft)",
    check: ({ cluster }) => {
      const nodes = voted(cluster);
      const ids = (node: Node): string =>
        node.voters
          .map(({ id }) => id)
          .sort((a, b) => a - b)
          .join(",");
      const other = nodes.find((node) => ids(node) !== ids(nodes[0]!));
      if (other === undefined) return [];
      const happens = `${nodes[0]!.name} counts the voters ${ids(nodes[0]!)}, ${other.name} the voters ${ids(other)}: they need different majorities, so there may be no controller, or two.`;
      return [
        {
          settings: [...settingOf([other], VOTERS), ...settingOf([nodes[0]!], VOTERS)],
          happens,
          fix: "the same list on every node",
        },
      ];
    },
  },
  {
    id: "controller-not-a-voter",
    severity: "error",
    title: "a controller's node.id is not among the voters",
    source: KAFKA_CONFIG,
    check: (facts) =>
      each(facts, ({ name, roles, isKraft, nodeId, voters, settings }) => {
        if (
          !isKraft ||
          !roles.includes("controller") ||
          nodeId === null ||
          voters.length === 0 ||
          voters.some(({ id }) => id === nodeId)
        )
          return null;
        const happens = `${name} does not start: "the node id ${nodeId} must be included in the set of voters", which are ${list(voters.map(({ id }) => String(id)))}.`;
        return {
          settings: [settings.of("node.id"), settings.of(VOTERS)],
          happens,
          fix: `the node.id of a voter, or ${nodeId}@HOST:PORT in controller.quorum.voters of every node`,
        };
      }),
  },
  {
    id: "broker-among-voters",
    severity: "error",
    title: "a node that is only a broker is among the voters",
    source: KAFKA_CONFIG,
    check: (facts) =>
      each(facts, ({ name, roles, isKraft, nodeId, voters, settings }) => {
        if (!isKraft || roles.includes("controller") || !voters.some(({ id }) => id === nodeId)) return null;
        return {
          settings: [settings.of("node.id"), settings.of(VOTERS)],
          happens: `${name} does not start: with the role broker alone "the node id ${nodeId} must not be included in the set of voters".`,
          fix: `another node.id, or ${settings.spell("process.roles", "broker,controller")}`,
        };
      }),
  },
  {
    id: "no-voters",
    severity: "error",
    title: "process.roles without any controller",
    source: KAFKA_CONFIG,
    check: (facts) =>
      each(facts, ({ name, isKraft, settings }) => {
        const none =
          settings.of(VOTERS).value === "" && settings.of("controller.quorum.bootstrap.servers").value === "";
        if (!isKraft || !none) return null;
        return {
          settings: [settings.of(VOTERS), settings.of("process.roles")],
          happens: `${name} does not start: neither controller.quorum.voters nor controller.quorum.bootstrap.servers says who its controllers are.`,
          fix: settings.spell(VOTERS, "1@HOST:9093"),
        };
      }),
  },
  {
    id: "unreadable-voters",
    severity: "error",
    title: "controller.quorum.voters is no list of id@host:port",
    source: "Kafka: QuorumConfig.parseVoterConnections, tried with 3.9.2 and 4.4.0",
    check: (facts) =>
      each(facts, ({ name, voters, settings }) => {
        const { value, ...rest } = settings.of(VOTERS);
        if (value === "" || value.includes("${")) return null;
        const reason = refusalOf("broker", VOTERS, value, null)?.reason;
        if (reason === undefined && value.split(",").length === voters.length) return null;
        return {
          settings: [{ value, ...rest }],
          happens: `${name} does not start: "${reason ?? FORM}".`,
          fix: settings.spell(VOTERS, "1@HOST:9093,2@HOST:9093,3@HOST:9093"),
        };
      }),
  },
  {
    id: "no-node-id",
    severity: "error",
    title: "node.id is missing",
    source: KAFKA_CONFIG,
    check: (facts) =>
      each(facts, ({ name, isKraft, nodeId, settings }) => {
        if (!isKraft || nodeId !== null || settings.of("node.id").value.includes("${")) return null;
        if (settings.refused.some(({ setting }) => setting.key === "node.id" || setting.key === "broker.id"))
          return null; // told by refused-value
        return {
          settings: [settings.of("node.id")],
          happens: `${name} does not start: node.id is required where process.roles is set, and must be 0 or more.`,
          fix: settings.spell("node.id", "1"),
        };
      }),
  },
  {
    id: "duplicate-node-id",
    severity: "error",
    title: "two nodes have one node.id",
    source:
      'Kafka: node.id, "must be unique"; the controller answers DUPLICATE_BROKER_REGISTRATION (ClusterControlManager.registerBroker)',
    check: ({ cluster }) => {
      const nodes = cluster?.nodes ?? [];
      const twins = nodes.filter(
        (node, i) => node.nodeId !== null && nodes.findIndex((other) => other.nodeId === node.nodeId) < i,
      );
      return twins.map((twin) => {
        const first = nodes.find((node) => node.nodeId === twin.nodeId)!;
        const happens = `${first.name} and ${twin.name} are both node ${twin.nodeId}: the second is refused (DUPLICATE_BROKER_REGISTRATION) until the first is gone, and two voters of one id break the quorum.`;
        return {
          settings: onePerPlace([twin.settings.of("node.id"), first.settings.of("node.id")]),
          happens,
          fix: "a node.id of its own for each node",
        };
      });
    },
  },
  {
    id: "broker-id-differs",
    severity: "error",
    title: "broker.id and node.id differ",
    source: KAFKA_CONFIG,
    check: (facts) =>
      each(facts, ({ name, settings: { given } }) => {
        const [broker, node] = [given.get("broker.id"), given.get("node.id")];
        if (broker === undefined || node === undefined || broker.value === node.value) return null;
        return {
          settings: [broker, node],
          happens: `${name} does not start: broker.id is ${broker.value} and node.id ${node.value}, and both must be the same.`,
          fix: "remove broker.id",
        };
      }),
  },
  {
    id: "voter-address",
    severity: "error",
    title: "a voter's address does not lead to that node",
    source: "Kafka: controller.quorum.voters, the address is dialled from every other node (ops.html, KRaft)",
    check: ({ cluster }) => {
      if (cluster === null) return [];
      const inContainers = cluster.nodes.filter(({ container }) => container !== null);
      return inContainers.flatMap((node) =>
        node.voters.flatMap((voter): Problem[] => {
          const target = inContainers.find(({ nodeId }) => nodeId === voter.id);
          const setting: Setting = node.settings.of(VOTERS);
          if (inContainers.length < 2 || target === undefined || target.container === null) return [];
          if (LOOPBACK.has(voter.host) && target !== node) {
            return [
              {
                settings: [setting],
                happens: `${node.name} looks for voter ${voter.id} at ${voter.host}, which within a container is the container itself: it never reaches ${target.name}, and there is no quorum.`,
                fix: `${voter.id}@${target.name}:${voter.port}`,
              },
            ];
          }
          const ports = target.listeners
            .filter(({ name }) => target.controllerNames.includes(name))
            .map(({ port }) => port);
          if (
            !target.container.names.includes(voter.host) ||
            ports.length === 0 ||
            ports.includes(voter.port)
          )
            return [];
          return [
            {
              settings: [setting],
              happens: `${node.name} looks for voter ${voter.id} at port ${voter.port}, but ${target.name}'s controller listener is at ${list(ports.map(String))}: it counts as lost, always.`,
              fix: `${voter.id}@${voter.host}:${ports[0]}`,
            },
          ];
        }),
      );
    },
  },
];
