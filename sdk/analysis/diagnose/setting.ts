// A setting that knows where it was written, and a set of them that knows the defaults.

import { definitionsOf, type Kind, refusalOf } from "../../kafka/mod.ts";
import type { RefusedSetting, Setting, Settings, SettingsParts } from "./setting-parts.ts";
import { changesOf } from "./setting-changes.ts";

export type {
  ContainerWriter,
  Location,
  ManifestPlace,
  ManifestWriter,
  RefusedSetting,
  Setting,
  Settings,
  SettingsOwner,
  SettingsParts,
} from "./setting-parts.ts";

/** Puts settings and defaults together; of two settings with one key the later counts. */
export function settings(parts: SettingsParts): Settings {
  const { label, given, location, defaults, spellKey, spell } = parts;
  const all = new Map(given.map((setting) => [setting.key, setting]));
  const refused = [...(parts.refused ?? []), ...[...all.values()].flatMap((one) => refusedBy(one, parts))];
  const map = new Map([...all].filter(([, setting]) => !isAbsent(setting, refused, parts.kind)));
  const of = (key: string): Setting => {
    const found = map.get(key);
    if (found !== undefined) return found;
    const value = defaults[key];
    if (value === undefined)
      throw new RangeError(`Cannot say what ${key} is: it is not set, and no default is known`);
    return { key, written: spellKey(key), value, origin: "default", location };
  };
  const unknown = new Set(refused.map(({ setting }) => setting.key));
  const number = (key: string): number => (unknown.has(key) ? NaN : numberOf(of(key).value));
  return {
    label,
    given: map,
    refused,
    location,
    of,
    number,
    isTrue: (key) => of(key).value.trim().toLowerCase() === "true",
    spell: (key, value) => {
      const found = all.get(key);
      return spell(key, value, found?.origin === "file" ? found.written : spellKey(key));
    },
    ...changesOf(parts, all),
  };
}

function refusedBy(setting: Setting, { kind, kafka = null }: SettingsParts): RefusedSetting[] {
  if (kind === undefined || setting.origin !== "file" || isOpen(setting.value)) return [];
  const refusal = refusalOf(kind, setting.key, setting.value, kafka);
  return refusal === undefined ? [] : [{ setting, refusedBy: "Kafka", ...refusal }];
}

/** Lists stay, because rules of their own look at their entries. */
function isAbsent(setting: Setting, refused: readonly RefusedSetting[], kind: Kind | undefined): boolean {
  if (!refused.some((one) => one.setting === setting)) return false;
  return kind === undefined || definitionsOf(kind, setting.key, null).at(-1)?.type !== "LIST";
}

/** A number as configuration files write it, or NaN. */
export function numberOf(text: string): number {
  return /^\s*-?\d+(\.\d+)?\s*$/.test(text) ? Number(text) : NaN;
}

/** The same setting with another value, as for a part of a list. */
export function listOf(value: string): string[] {
  return value
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

/** True where a value is only known when the program runs. */
export function isOpen(value: string): boolean {
  return /\$\{[^}]*\}|#\{/.test(value);
}
