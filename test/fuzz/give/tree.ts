// Changes of a tree of plain data, each told by a path of names, so that a find can be read.

/** A change at a path such as `services/kafka-1/environment`. */
export type Edit =
  | { readonly put: string; readonly value: unknown }
  | { readonly drop: string }
  | { readonly rename: string; readonly as: string };

/** Every path of a tree, parents first. */
export function pathsOf(tree: unknown, above = ""): string[] {
  if (typeof tree !== "object" || tree === null) return [];
  return Object.entries(tree).flatMap(([name, inside]) => {
    const at = above === "" ? name : `${above}/${name}`;
    return [at, ...pathsOf(inside, at)];
  });
}

/** A copy of the tree with the changes made in turn; one whose path is not there any more changes nothing. */
export function edited<Tree>(tree: Tree, edits: readonly Edit[]): Tree {
  const copy = structuredClone(tree);
  for (const edit of edits) {
    const path = "put" in edit ? edit.put : "drop" in edit ? edit.drop : edit.rename;
    const steps = path.split("/");
    const last = steps.pop()!;
    const parent = steps.reduce<unknown>(
      (of, step) =>
        typeof of === "object" && of !== null ? (of as Record<string, unknown>)[step] : undefined,
      copy,
    );
    if (typeof parent === "object" && parent !== null) change(parent as Record<string, unknown>, last, edit);
  }
  return copy;
}

function change(parent: Record<string, unknown>, name: string, edit: Edit): void {
  if ("put" in edit) return define(parent, name, edit.value);
  if (!Object.hasOwn(parent, name)) return;
  const value = parent[name];
  if (Array.isArray(parent)) parent.splice(Number(name), 1, ...("rename" in edit ? [edit.as] : []));
  else delete parent[name];
  if ("rename" in edit && !Array.isArray(parent)) define(parent, edit.as, value);
}

/** As an own property, whatever the name is. */
function define(on: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(on, name, { value, enumerable: true, writable: true, configurable: true });
}
