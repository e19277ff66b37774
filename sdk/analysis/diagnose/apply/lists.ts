// A service's volumes and ports. What it has from another service by a merge key becomes its own list, with
// what is added.

import { isMap, isScalar, isSeq } from "yaml";
import type { Node, Scalar } from "yaml";
import type { PortEdit, VolumeEdit } from "../fix.ts";
import { effectivePair, resolved, type Service } from "./services.ts";
import {
  type Block,
  below,
  endOf,
  indentAt,
  isFlow,
  lineEnd,
  pairEnd,
  pairOf,
  parsed,
  type Parsed,
  replaced,
  scalarLike,
  startOf,
  withEntry,
} from "./splice.ts";

/** Mounts a volume in the service, and declares it where the file does not yet. */
export function withVolume(
  file: Parsed,
  service: Service,
  { volume, target }: VolumeEdit,
): string | undefined {
  const entry = `${volume}:${target}`;
  const mounted = changed(file, service, "volumes", entry, (one) => {
    const parts = one.split(":");
    // what is mounted there without a name is lost with the container
    return parts.length === 1 && parts[0] === target;
  });
  return mounted === undefined ? undefined : declared(parsed(mounted, false), volume);
}

/**
 * Publishes a port in the service. The entry that led elsewhere from it, or from the port that it takes the
 * place of, goes.
 */
export function withPort(file: Parsed, service: Service, edit: PortEdit): string | undefined {
  const { published, target, instead = published } = edit;
  return changed(file, service, "ports", `${published}:${target}`, (one) => {
    const [, port] = /^(?:[\d.]+:)?(\d+):\d+(?:\/tcp)?$/.exec(one) ?? [];
    return port === String(instead);
  });
}

function changed(
  file: Parsed,
  service: Service,
  key: string,
  entry: string,
  isReplaced: (text: string) => boolean,
): string | undefined {
  const own = pairOf(service.map, key);
  const list = resolved(file, own?.value ?? effectivePair(file, service.map, key)?.pair.value);
  const items = isSeq(list) ? (list.items as Node[]) : [];
  if (items.some((item) => isScalar(item) && String(item.value) === entry)) return file.text;
  const old = items.find((item): item is Scalar => isScalar(item) && isReplaced(String(item.value)));
  const quoted = JSON.stringify(entry);
  if (isSeq(list) && service.has(list as Node)) {
    if (old !== undefined)
      return replaced(file.text, startOf(old), endOf(file, old), scalarLike(file, old, entry, false));
    return withEntry(file, list as Block, { flow: quoted, lines: [`- ${quoted}`] });
  }
  const texts = items.map((item) =>
    item === old ? quoted : file.text.slice(startOf(item), endOf(file, item)),
  );
  if (!items.every((item) => isScalar(item))) return undefined;
  const all = old === undefined ? [...texts, quoted] : texts;
  if (own === undefined)
    return withEntry(file, service.map as Block, {
      flow: `${key}: [${all.join(", ")}]`,
      lines: [`${key}:`, ...all.map((one) => `  - ${one}`)],
    });
  const end = own.value === null ? pairEnd(file, own) : endOf(file, own.value);
  const from = own.value === null ? end : startOf(own.value);
  return replaced(file.text, from, Math.max(from, end), `${from === end ? " " : ""}[${all.join(", ")}]`);
}

function declared(file: Parsed, volume: string): string | undefined {
  const root = file.documents[0]?.contents as Node | undefined;
  if (!isMap(root)) return undefined;
  const volumes = pairOf(root as Node, "volumes");
  if (pairOf(volumes?.value, volume) !== undefined) return file.text;
  const inner = { flow: `${volume}: {}`, lines: [`${volume}:`] };
  if (volumes === undefined) {
    if (isFlow(root as Node))
      return withEntry(file, root as Block, { flow: `volumes: { ${inner.flow} }`, lines: [] });
    const indent = indentAt(file, startOf((root.items[0]!.key as Node) ?? (root as Node))) ?? "";
    const end = file.text.trimEnd().length;
    return below(file, lineEnd(file.text, end), [`${indent}volumes:`, `${indent}  ${volume}:`]);
  }
  if (isMap(volumes.value) && volumes.value.items.length > 0)
    return withEntry(file, volumes.value as Block, inner);
  if (isMap(volumes.value))
    return replaced(
      file.text,
      startOf(volumes.value as Node),
      endOf(file, volumes.value as Node),
      `{ ${inner.flow} }`,
    );
  if (volumes.value !== null && !(isScalar(volumes.value) && volumes.value.value === null)) return undefined;
  const indent = indentAt(file, startOf(volumes.key)) ?? "";
  return below(file, pairEnd(file, volumes), [`${indent}  ${volume}:`]);
}
