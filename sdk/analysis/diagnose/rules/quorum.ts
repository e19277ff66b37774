// Quorum voters and node ids. A majority of n voters is n/2+1: two voters tolerate no failure, four no more
// than three do.

import { refusalOf } from "../../../kafka/mod.ts";
import type { Cluster, Facts, Node } from "../facts.ts";
import type { Rule } from "../finding.ts";
import type { Fix } from "../fix.ts";
import { nodeIdRules } from "./node-ids.ts";
import { voterAddressRules } from "./voter-address.ts";
import { isOperators, sameVoters, VOTERS, votersOf } from "./voter-fixes.ts";
import { eachNode, KAFKA_CONFIG, list, settingOf } from "./words.ts";

const FORM = "Each entry should be in the form `{id}@{host}:{port}`.";

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

function failures(count: number): string {
  return count === 1 ? "1 failure" : `${count} failures`;
}

function thirdVoter(facts: Facts, node: Node): Fix {
  const { settings } = node;
  if (isOperators(node)) return sameVoters(facts, "", 3);
  const text =
    "a third voter, which may be a dedicated controller (process.roles=controller), on every node: " +
    settings.spell(VOTERS, `${settings.of(VOTERS).value},ID@HOST:PORT`);
  const three = sameVoters(facts, "a third voter on every node", 3);
  return three.edits.length > 0 ? three : { text, edits: [] };
}

/** A node that has a controller listener was meant to be a controller. */
function withController({ cluster }: Facts, node: Node): Fix {
  const { settings, listeners, controllerNames, nodeId } = node;
  const roles = settings.set("process.roles", "broker,controller");
  const isMeant =
    listeners.some(({ name }) => controllerNames.includes(name)) &&
    !cluster!.nodes.some((other) => other !== node && other.nodeId === nodeId);
  return { text: `another node.id, or ${roles.text}`, edits: isMeant ? roles.edits : [] };
}

export const quorumRules: readonly Rule[] = [
  {
    id: "two-voters",
    severity: "error",
    title: "two quorum voters tolerate no failure",
    source:
      'Kafka: ops.html, "a majority of the controllers must be alive"; LeaderState.java, ' +
      "CandidateState.java (majority = n/2+1)",
    check: (facts) => {
      const found = withVoters((count) => count === 2, facts);
      if (found === null) return [];
      const happens =
        "A majority of two voters is two: when either node is killed, hangs or is isolated there is " +
        "no controller, so no leader is elected, no ISR changes and no topic is created. " +
        "A controlled shutdown moves the leaders first, but the remaining node cannot restart alone.";
      return [
        {
          settings: settingOf(found.nodes, VOTERS),
          happens,
          fix: thirdVoter(facts, found.first),
        },
      ];
    },
  },
  {
    id: "even-voters",
    severity: "warning",
    title: "an even number of quorum voters",
    source:
      'Kafka: ops.html, KRaft: "with 3 controllers, the cluster can tolerate 1 controller failure"; ' +
      "majority = n/2+1",
    check: (facts) => {
      const found = withVoters((count) => count > 2 && count % 2 === 0, facts);
      if (found === null) return [];
      const count = found.first.voters.length;
      const happens =
        `${count} voters need a majority of ${count / 2 + 1} and tolerate ${failures(count / 2 - 1)}, as ` +
        `${count - 1} voters do; a network split in halves leaves no controller on either side.`;
      return [
        {
          settings: settingOf(found.nodes, VOTERS),
          happens,
          fix: sameVoters(facts, `${count - 1} or ${count + 1} voters`, 3),
        },
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
      const happens =
        `Node ${id} is the only controller of ${facts.cluster!.brokerCount} brokers: while it is ` +
        "stopped, killed or isolated, no leader is elected and no topic is created.";
      return [
        {
          settings: settingOf(found.nodes, VOTERS),
          happens,
          fix: sameVoters(facts, "three voters on every node", 3),
        },
      ];
    },
  },
  {
    id: "voters-differ",
    severity: "error",
    title: "nodes have different voters",
    source: "Kafka: controller.quorum.voters must be the same on every node (ops.html, KRaft)",
    check: (facts) => {
      const nodes = voted(facts.cluster);
      const ids = (node: Node): string =>
        node.voters
          .map(({ id }) => id)
          .sort((a, b) => a - b)
          .join(",");
      const other = nodes.find((node) => ids(node) !== ids(nodes[0]!));
      if (other === undefined) return [];
      const happens =
        `${nodes[0]!.name} has the voters ${ids(nodes[0]!)}, ${other.name} the voters ${ids(other)}: ` +
        "their majorities differ, so there may be no controller, or two.";
      return [
        {
          settings: [...settingOf([other], VOTERS), ...settingOf([nodes[0]!], VOTERS)],
          happens,
          fix: sameVoters(facts, "the same list on every node"),
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
      eachNode(facts, ({ name, roles, isKraft, nodeId, voters, settings }) => {
        if (
          !isKraft ||
          !roles.includes("controller") ||
          nodeId === null ||
          voters.length === 0 ||
          voters.some(({ id }) => id === nodeId)
        )
          return null;
        const happens =
          `${name} does not start: "the node id ${nodeId} must be included in the set of voters", which ` +
          `are ${list(voters.map(({ id }) => String(id)))}.`;
        return {
          settings: [settings.of("node.id"), settings.of(VOTERS)],
          happens,
          fix: sameVoters(
            facts,
            `the node.id of a voter, or ${nodeId}@HOST:PORT in controller.quorum.voters of every node`,
          ),
        };
      }),
  },
  {
    id: "broker-among-voters",
    severity: "error",
    title: "a node without the controller role is among the voters",
    source: KAFKA_CONFIG,
    check: (facts) =>
      eachNode(facts, (node) => {
        const { name, roles, isKraft, nodeId, voters, settings } = node;
        if (!isKraft || roles.includes("controller") || !voters.some(({ id }) => id === nodeId)) return null;
        return {
          settings: [settings.of("node.id"), settings.of(VOTERS)],
          happens:
            `${name} does not start: without the controller role "the node id ${nodeId} must not be ` +
            'included in the set of voters".',
          fix: withController(facts, node),
        };
      }),
  },
  {
    id: "no-voters",
    severity: "error",
    title: "process.roles without any controller",
    source: KAFKA_CONFIG,
    check: (facts) =>
      eachNode(facts, ({ name, isKraft, settings }) => {
        const none =
          settings.of(VOTERS).value === "" && settings.of("controller.quorum.bootstrap.servers").value === "";
        if (!isKraft || !none) return null;
        return {
          settings: [settings.of(VOTERS), settings.of("process.roles")],
          happens:
            `${name} does not start: neither controller.quorum.voters nor ` +
            "controller.quorum.bootstrap.servers is set.",
          fix: settings.set(VOTERS, votersOf(facts) ?? "1@HOST:9093"),
        };
      }),
  },
  {
    id: "unreadable-voters",
    severity: "error",
    title: "controller.quorum.voters is not a list of id@host:port",
    source: "Kafka: QuorumConfig.parseVoterConnections, tried with 3.9.2 and 4.4.0",
    check: (facts) =>
      eachNode(facts, ({ name, voters, settings }) => {
        const { value, ...rest } = settings.of(VOTERS);
        if (value === "" || value.includes("${")) return null;
        const reason = refusalOf("broker", VOTERS, value, null)?.reason;
        if (reason === undefined && value.split(",").length === voters.length) return null;
        return {
          settings: [{ value, ...rest }],
          happens: `${name} does not start: "${reason ?? FORM}".`,
          fix: settings.set(VOTERS, votersOf(facts) ?? "1@HOST:9093,2@HOST:9093,3@HOST:9093"),
        };
      }),
  },
  ...nodeIdRules,
  ...voterAddressRules,
];
