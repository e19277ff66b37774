// What a group's members do by their settings: where nothing is committed, and with open transactions.
import type { ClientEvent, History } from "../../../model/history.ts";

/** Settings of a group on which verdicts depend; null where its members' settings are not in the history. */
export interface GroupSettings {
  /** Where a member begins to read a partition that has no committed offset: `auto.offset.reset`. */
  reset: "earliest" | "latest" | null;
  /** `isolation.level`. */
  isolation: "read_committed" | "read_uncommitted" | null;
  /** Where it writes what it processes; null where it writes nowhere, or that is not in the history. */
  transform: { topic: string; isTransactional: boolean } | null;
}

/** Where a group writes what it processes: by its settings, and by what it wrote. */
export interface Writes {
  /** The topics; mostly one. */
  outputs: readonly string[];
  /** Whether within transactions. */
  isTransactional: boolean;
}

/** By client, its last settings. */
export type SettingsOf = ReadonlyMap<string, ClientEvent["settings"]>;

export function settingsIn(history: History): SettingsOf {
  const found = new Map<string, ClientEvent["settings"]>();
  for (const event of history) if (event.kind === "client") found.set(event.client, event.settings);
  return found;
}

/**
 * Reads a group's settings from those of its members, or of a client that has the group's name. Where members
 * differ, the weaker setting counts: `latest`, `read_uncommitted`.
 */
export function groupSettings(settings: SettingsOf, group: string, members: Iterable<string>): GroupSettings {
  const all = [group, ...members].flatMap((name): ClientEvent["settings"][] => {
    const one = settings.get(name);
    return one === undefined ? [] : [one];
  });
  const resets = all.flatMap((one) => resetOf(one) ?? []);
  const isolations = all.flatMap((one) => isolationOf(one) ?? []);
  return {
    reset: resets.find((one) => one === "latest") ?? resets[0] ?? null,
    isolation: isolations.find((one) => one === "read_uncommitted") ?? isolations[0] ?? null,
    transform: all.flatMap((one) => transformOf(one) ?? [])[0] ?? null,
  };
}

/** Returns where a group writes; null where it writes nowhere. */
export function writesOf(
  { outputs, isTransactional }: { outputs: ReadonlySet<string>; isTransactional: boolean },
  { transform }: GroupSettings,
): Writes | null {
  const all = new Set([...(transform === null ? [] : [transform.topic]), ...outputs]);
  if (all.size === 0) return null;
  return { outputs: [...all], isTransactional: transform?.isTransactional ?? isTransactional };
}

/** A setting by the lab's name, Kafka's or kafkajs', at the top or among the properties. */
function valueOf(settings: ClientEvent["settings"], names: readonly string[]): unknown {
  const { properties, consumer } = settings;
  for (const part of [settings, properties, consumer]) {
    if (typeof part !== "object" || part === null) continue;
    for (const name of names) if (name in part) return (part as Record<string, unknown>)[name];
  }
  return undefined;
}

function resetOf(settings: ClientEvent["settings"]): GroupSettings["reset"] {
  const value = valueOf(settings, ["reset", "auto.offset.reset", "fromBeginning"]);
  if (value === "earliest" || value === true) return "earliest";
  return value === "latest" || value === false ? "latest" : null;
}

function isolationOf(settings: ClientEvent["settings"]): GroupSettings["isolation"] {
  const value = valueOf(settings, ["isolation", "isolation.level", "readUncommitted"]);
  if (value === "read_committed" || value === false) return "read_committed";
  return value === "read_uncommitted" || value === true ? "read_uncommitted" : null;
}

function transformOf({ transform }: ClientEvent["settings"]): GroupSettings["transform"] {
  if (typeof transform !== "object" || transform === null) return null;
  const { topic, transactional = false } = transform as { topic?: unknown; transactional?: unknown };
  return typeof topic === "string" ? { topic, isTransactional: transactional !== false } : null;
}
