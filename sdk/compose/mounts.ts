// Volumes in compose's short form, `[source:]target[:mode]`, in its long form, and `tmpfs`.

import { LabError } from "../model/errors.ts";
import type { Mount, SourceLocation } from "./project.ts";
import { plain, shownIn, textOf, type Tree } from "./tree.ts";

/**
 * Reads a service's merged `volumes` and `tmpfs`; of two mounts on one path the later counts. With
 * `mayLackSource`, `:/target` is a mount whose source is not known: a variable that is not set.
 *
 * @throws LabError `BAD_COMPOSE` with file and line for what is no volume.
 */
export function mountsOf(
  volumes: Tree | undefined,
  tmpfs: Tree | undefined,
  mayLackSource: boolean = false,
): Mount[] {
  const byTarget = new Map<string, Mount>();
  for (const item of itemsOf(volumes)) {
    const mount = item.kind === "map" ? longForm(item) : shortForm(item, mayLackSource);
    byTarget.set(mount.target, mount);
  }
  for (const item of itemsOf(tmpfs)) {
    const target = textOf(item)?.split(":")[0];
    if (target === undefined) throw noVolume(item.location, `${shownIn(item)} is no path of \`tmpfs\``);
    byTarget.set(target, { kind: "tmpfs", source: null, target, readOnly: false });
  }
  return [...byTarget.values()];
}

function itemsOf(tree: Tree | undefined): readonly Tree[] {
  if (tree === undefined || (tree.kind === "scalar" && tree.value === null)) return [];
  if (tree.kind === "map") throw noVolume(tree.location, "`volumes` is not a list");
  return tree.kind === "list" ? tree.items : [tree];
}

function shortForm(tree: Tree, mayLackSource: boolean): Mount {
  const text = textOf(tree) ?? "";
  if (mayLackSource && /^:\/[^:]+(:\w+)?$/.test(text))
    return { kind: "other", source: null, target: text.split(":")[1]!, readOnly: text.endsWith(":ro") };
  // A Windows path has a colon of its own.
  const drive = /^[A-Za-z]:[\\/]/.test(text) ? text.slice(0, 2) : "";
  const [first = "", second, mode = "", ...more] = text.slice(drive.length).split(":");
  if (first === "" || second === "" || more.length > 0)
    throw noVolume(tree.location, `${shownIn(tree)} is not [source:]target[:mode]`);
  const source = drive + first;
  if (second === undefined) return { kind: "volume", source: null, target: source, readOnly: false };
  const kind = drive !== "" || /^[./~]/.test(source) ? "bind" : "volume";
  return { kind, source, target: second, readOnly: mode.split(",").includes("ro") };
}

function longForm(tree: Tree): Mount {
  const { type, source, target, read_only } = plain(tree) as Record<string, unknown>;
  if (typeof target !== "string") throw noVolume(tree.location, "a volume has no `target`");
  const kind = type === "volume" || type === "bind" || type === "tmpfs" ? type : "other";
  return { kind, source: typeof source === "string" ? source : null, target, readOnly: read_only === true };
}

function noVolume(at: SourceLocation, why: string): LabError {
  return new LabError("BAD_COMPOSE", `Cannot read the compose file: ${why}`, { ...at });
}
