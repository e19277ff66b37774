// The addresses in controller.quorum.voters.

import { LOOPBACK, type Voter } from "../../../compose/mod.ts";
import type { Problem, Rule } from "../finding.ts";
import { networkMode } from "../project.ts";
import type { Setting } from "../setting.ts";
import type { Facts } from "../facts.ts";
import { type Contained, contained } from "./contained.ts";
import { wrongPodVoters } from "./kubernetes/addresses.ts";
import { networkOf } from "./reach.ts";
import { VOTERS } from "./voter-fixes.ts";
import { list } from "./words.ts";

export const voterAddressRules: readonly Rule[] = [
  {
    id: "voter-address",
    severity: "error",
    title: "a voter's address is not that of its node",
    source: "Kafka: controller.quorum.voters, the address is dialled from every other node (ops.html, KRaft)",
    check: (facts) => [...inCompose(facts), ...wrongPodVoters(facts)],
  },
];

function inCompose(facts: Facts): Problem[] {
  // in the host's network names are the host's, and localhost is shared
  const inContainers = contained(facts.cluster?.nodes).filter(
    ({ container }) => container.isPod !== true && networkMode(container.service) === null,
  );
  return inContainers.flatMap((node) => {
    const all = node.voters.map((voter) => {
      const target = inContainers.find(({ nodeId }) => nodeId === voter.id);
      const found = target === undefined ? null : wrongAddress(facts, inContainers, { node, voter, target });
      return { found, entry: found?.right ?? `${voter.id}@${voter.host}:${voter.port}` };
    });
    // one line has all of them
    const { edits } = node.settings.set(VOTERS, all.map(({ entry }) => entry).join(","));
    const settings: Setting[] = [node.settings.of(VOTERS)];
    return all.flatMap(({ found }): Problem[] =>
      found === null
        ? []
        : [{ node: node.name, settings, happens: found.happens, fix: { text: found.right, edits } }],
    );
  });
}

interface Dialled {
  readonly node: Contained;
  readonly voter: Voter;
  /** The node with the voter's id. */
  readonly target: Contained;
}

/** What is wrong with the address at which a node dials a voter, or null. */
function wrongAddress(
  facts: Facts,
  all: readonly Contained[],
  { node, voter, target }: Dialled,
): { happens: string; right: string } | null {
  const { id, host, port } = voter;
  const right = `${id}@${target.name}:${port}`;
  const unknown = whyUnknown(facts, target.container.names, host);
  if (unknown !== null) {
    const end = all.length < 2 ? "the broker never registers" : "there is no quorum";
    const dials = `${node.name} connects to voter ${id} at ${host}:${port}`;
    return { happens: `${dials}, and ${unknown}: it never reaches ${target.name}, and ${end}.`, right };
  }
  if (all.length < 2) return null;
  if (LOOPBACK.has(host) && target !== node)
    return {
      happens:
        `${node.name} connects to voter ${id} at ${host}, which within a container is the container ` +
        `itself: it never reaches ${target.name}, and there is no quorum.`,
      right,
    };
  const ports = target.listeners
    .filter(({ name }) => target.controllerNames.includes(name))
    .map((listener) => listener.port);
  if (!target.container.names.includes(host) || ports.length === 0 || ports.includes(port)) return null;
  return {
    happens:
      `${node.name} connects to voter ${id} at port ${port}, but ${target.name}'s controller listener is ` +
      `at ` +
      `${list(ports.map(String))}: the voter is never reached.`,
    right: `${id}@${host}:${ports[0]!}`,
  };
}

/** Why a name is not that of the voter's node, or null where it may be. */
function whyUnknown({ cluster, compose }: Facts, names: readonly string[], host: string): string | null {
  if (cluster === null || compose === null || names.includes(host)) return null;
  const other = contained(cluster.nodes).find(({ container }) => container.names.includes(host));
  if (other !== undefined) return `that is ${other.name}`;
  const isUnknown = !LOOPBACK.has(host) && networkOf(cluster, compose).isForeignName(host);
  return isUnknown ? "no service has that name" : null;
}
