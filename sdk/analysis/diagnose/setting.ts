// A setting that knows where it was written, and a set of them that knows the defaults.

import { definitionsOf, type Kind, refusalOf } from "../../kafka/mod.ts";

/** A place in a file; lines and columns count from 1. */
export interface Location {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One setting, given or by default. */
export interface Setting {
  /** The program's own name for it. */
  readonly key: string;
  /** As the file spells it, or would spell it. */
  readonly written: string;
  readonly value: string;
  readonly origin: "file" | "image" | "default";
  /** Where it is, or where it would be. */
  readonly location: Location;
}

/** A setting whose value does not get to where it is wanted. */
export interface RefusedSetting {
  readonly setting: Setting;
  /** Who refuses it. */
  readonly refusedBy: "Kafka" | "Spring Boot";
  /** In their words. */
  readonly reason: string;
  /** What is allowed, as it follows "allowed:". */
  readonly allowed: string;
  readonly standard: string | null;
}

/** The settings of one program. */
export interface Settings {
  /** How a sentence names whose they are: `kafka-1`, `the producer`. */
  readonly label: string;
  /** What is set, by the program's own names; also what an image sets. */
  readonly given: ReadonlyMap<string, Setting>;
  /** What is written and would be refused; of these, only lists count as given. */
  readonly refused: readonly RefusedSetting[];
  /** The place where something that is not set would be. */
  readonly location: Location;
  /**
   * The setting, or its default. Throws a RangeError where there is neither: a rule asks only for keys of the
   * table.
   */
  of(key: string): Setting;
  /** The setting as a number, or NaN where it is none: a placeholder, say, or what Kafka refuses. */
  number(key: string): number;
  /** The setting in lower case is `true`. */
  isTrue(key: string): boolean;
  /** How this file would write a setting. */
  spell(key: string, value: string): string;
}

/** What a set of settings is made of. */
export interface SettingsParts {
  readonly label: string;
  readonly given: readonly Setting[];
  readonly location: Location;
  readonly defaults: Readonly<Record<string, string>>;
  /** By whose definitions values are parsed; absent for a client that is not Kafka's own. */
  readonly kind?: Kind;
  /** Kafka's version. @default not known */
  readonly kafka?: string | null;
  /** What is refused before Kafka sees it. */
  readonly refused?: readonly RefusedSetting[];
  /** The key as this file would spell it. */
  spellKey(key: string): string;
  /** The whole line. */
  spell(key: string, value: string): string;
}

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
    spell,
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
