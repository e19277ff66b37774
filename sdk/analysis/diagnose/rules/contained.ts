// Nodes that run in containers.

import type { Container, Node } from "../facts.ts";
import type { EditPlace, Fix } from "../fix.ts";

export type Contained = Node & { readonly container: Container };

export function contained(nodes: readonly Node[] | undefined): Contained[] {
  return (nodes ?? []).filter((node): node is Contained => node.container !== null);
}

type VariablePlace = EditPlace & { readonly key: string };

/** Where a service or a container has a variable, or would have it; null where no program can write it. */
function placeOf({ name, container, settings }: Contained, variable: string): VariablePlace | null {
  const { manifest, variables } = container;
  const place = manifest?.placeOf(variable);
  if (place !== undefined) return place === null ? null : { ...place, service: null };
  const found = variables.find(({ key }) => key === variable);
  return { ...(found?.location ?? settings.location), service: name, key: variable };
}

/** The fix that gives a service's variable a value. */
export function variableFix(node: Contained, variable: string, value: string): Fix {
  const place = placeOf(node, variable);
  const { manifest } = node.container;
  const shared = manifest === undefined ? value : manifest.valueFor(variable, value);
  return {
    text: `${variable}: ${shared ?? value}`,
    edits: place === null || shared === null ? [] : [{ action: "set", ...place, value: shared }],
  };
}

/** The fix that removes a service's variable. */
export function withoutVariable(node: Contained, variable: string): Fix {
  const place = placeOf(node, variable);
  return {
    text: `remove ${variable}`,
    edits: place === null ? [] : [{ action: "remove", ...place }],
  };
}

/** The fix that gives a service's variable another name. */
export function renamedVariable(node: Contained, variable: string, to: string): Fix {
  const place = placeOf(node, variable);
  return {
    text: `${to} instead of ${variable}`,
    edits: place === null ? [] : [{ action: "rename", ...place, to }],
  };
}

/** The fix that gives a service another image. */
export function imageFix({ name, container }: Contained, image: string): Fix {
  const { manifest } = container;
  const text = `image: ${image}`;
  if (image.endsWith(":VERSION")) return { text, edits: [] };
  return manifest === undefined
    ? { text, edits: [{ action: "set-image", ...container.image!.location, service: name, image }] }
    : { text, edits: [{ action: "set", ...manifest.image, service: null, value: image }] };
}
