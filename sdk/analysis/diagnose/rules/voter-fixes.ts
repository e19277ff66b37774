// The voters and ids that a cluster's nodes can have, where the files tell all of it.

import type { Facts, Node } from "../facts.ts";
import { alsoIn, type Fix } from "../fix.ts";
import { setOn } from "./words.ts";

export const VOTERS = "controller.quorum.voters";

/**
 * The list of all controllers, each at its controller listener; null where there are fewer than asked for, an
 * even number, or one whose id or address the files do not tell.
 */
export function votersOf({ cluster }: Facts, atLeast: number = 1): string | null {
  const nodes = cluster?.controllers ?? [];
  const ids = new Set(nodes.map(({ nodeId }) => nodeId));
  const entries = nodes.map(({ nodeId, container, listeners, controllerNames }) => {
    const port = listeners.find(({ name }) => controllerNames.includes(name))?.port;
    const host = container?.names[0];
    return nodeId === null || host === undefined || port === undefined ? null : `${nodeId}@${host}:${port}`;
  });
  const isClear = nodes.length >= atLeast && nodes.length % 2 === 1 && ids.size === nodes.length;
  return isClear && !entries.includes(null) ? entries.join(",") : null;
}

/** The fix that gives every KRaft node the list of all controllers; a text alone if files do not tell it. */
export function sameVoters(facts: Facts, otherwise: string, atLeast: number = 1): Fix {
  const value = votersOf(facts, atLeast);
  const nodes = facts.cluster?.nodes.filter(({ isKraft }) => isKraft) ?? [];
  // an operator writes the list: it is as long as its pools have controllers
  if (atLeast > 1 && isOperators(nodes[0])) return { text: nodes[0]!.settings.spell(VOTERS, ""), edits: [] };
  if (value === null || nodes.length === 0) return { text: otherwise, edits: [] };
  const [first, ...others] = nodes.map((node) => setOn([node], VOTERS, value));
  return { text: `${otherwise}: ${first!.text}`, edits: alsoIn(first!, others).edits };
}

/** Whether an operator writes a node's list of voters. */
export function isOperators(node: Node | undefined): boolean {
  return (node?.pod?.strimzi ?? null) !== null;
}

/** An id that no other node has: a voter's with the node's name, another voter's, or the next number. */
export function freeId({ cluster }: Facts, node: Node): number {
  const taken = new Set(cluster?.nodes.filter((other) => other !== node).map(({ nodeId }) => nodeId));
  const free = node.voters.filter(({ id }) => !taken.has(id));
  const own = free.find(({ host }) => node.container?.names.includes(host) === true) ?? free[0];
  if (own !== undefined && node.roles.includes("controller")) return own.id;
  const voters = new Set(node.voters.map(({ id }) => id));
  let id = 1;
  while (taken.has(id) || voters.has(id)) id++;
  return id;
}
