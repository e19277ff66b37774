// A setting that knows where it was written, and what a set of them is made of.

import type { Kind } from "../../kafka/mod.ts";
import type { Fix } from "./fix.ts";

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
  readonly origin: "file" | "image" | "operator" | "default";
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
  /** How this file would write a setting, under the name that it has there. */
  spell(key: string, value: string): string;
  /** The fix that writes a setting. It has no edits where it would be in a source file. */
  set(key: string, value: string): Fix;
  /** The fix that removes what the file has under a key; without edits where the file does not have it. */
  remove(key: string): Fix;
  /** The fix that gives what the file has under a key the name of another. */
  rename(key: string, to: string): Fix;
}

/** Where an edit of a manifest goes, and under which key. */
export interface ManifestPlace extends Location {
  /** Absent in a file that a ConfigMap has. */
  readonly path?: readonly (string | number)[];
  readonly key: string;
}

/** How a manifest has settings. */
export interface ManifestWriter {
  /** Where a setting is, or would be, by its written name; null where no program can write it. */
  placeOf(written: string): ManifestPlace | null;
  /** A value as a template of several pods has it; null where each pod needs its own. */
  valueFor(key: string, value: string): string | null;
}

/** Where a manifest has a container's image and variables. */
export interface ContainerWriter extends ManifestWriter {
  readonly image: ManifestPlace;
}

/** Whose environment settings are: a service's of a compose file, or a container's of a manifest. */
export type SettingsOwner = Pick<SettingsParts, "service" | "manifest">;

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
  /** The service whose environment it is. @default none */
  readonly service?: string;
  /** True for a source file, which no program edits. @default false */
  readonly isSource?: boolean;
  /** Where a manifest has what is set. @default it is none */
  readonly manifest?: ManifestWriter;
  /** The key as this file would spell it. */
  spellKey(key: string): string;
  /** The path under which a key is added. @default what `spellKey` returns */
  pathOf?(key: string): string;
  /** The whole line; `written` is the name that the setting has in the file, or `spellKey(key)`. */
  spell(key: string, value: string, written: string): string;
}
