// Nodes that run in containers.

import type { Container, Node } from "../facts.ts";

export type Contained = Node & { readonly container: Container };

export function contained(nodes: readonly Node[] | undefined): Contained[] {
  return (nodes ?? []).filter((node): node is Contained => node.container !== null);
}
