// What mends a misconfiguration: a text for a person, and the changes of files that a program can make.
//
//   rule ─▶ Fix (text, edits) ─▶ Finding.edits ─▶ applyEdits(): the files' new texts

/** Where a change of a file goes, and whose it is. */
export interface EditPlace {
  /** One of the files that were given. */
  readonly file: string;
  /** The line of what is changed, or of the block that it is added to. Counts from 1. */
  readonly line: number;
  /** Counts from 1. */
  readonly column: number;
  /** The service of the compose file that it is for; null in other files. */
  readonly service: string | null;
  /**
   * In a manifest, the block that has the key, by keys and indexes of lists from the resource's top:
   * `["spec", "template", "spec"]`. The variables of a container are in its `env`, by their names.
   *
   * @default the line alone tells, as in a file that a ConfigMap has
   */
  readonly path?: readonly (string | number)[];
}

/** Writes a setting: changed where the file has it, added where it does not. */
export interface SetEdit extends EditPlace {
  readonly action: "set";
  /** As the file writes it: a variable, a property, a dotted path. */
  readonly key: string;
  readonly value: string;
  /**
   * True if the value is this service's alone: others that have the line by an anchor keep theirs.
   *
   * @default false
   */
  readonly isOwn?: boolean;
}

/** Removes a setting. */
export interface RemoveEdit extends EditPlace {
  readonly action: "remove";
  /** As the file writes it. */
  readonly key: string;
}

/** Gives a setting another name; its value stays as it is written. */
export interface RenameEdit extends EditPlace {
  readonly action: "rename";
  /** As the file writes it. */
  readonly key: string;
  /** The new name; a path that leads elsewhere takes the value there. */
  readonly to: string;
}

/** Mounts a named volume in a service, and declares it. */
export interface VolumeEdit extends EditPlace {
  readonly action: "add-volume";
  /** The volume's name. */
  readonly volume: string;
  /** The folder in the container. */
  readonly target: string;
}

/** Publishes a port of a service; what the port led to before, it leads to no longer. */
export interface PortEdit extends EditPlace {
  readonly action: "publish-port";
  /** The host's port. */
  readonly published: number;
  /** The container's port. */
  readonly target: number;
  /** The host's port that is no longer published. @default none */
  readonly instead?: number;
}

/** Gives a service another image. */
export interface ImageEdit extends EditPlace {
  readonly action: "set-image";
  readonly image: string;
}

/** One change of a file that a fix makes. */
export type FixEdit = SetEdit | RemoveEdit | RenameEdit | VolumeEdit | PortEdit | ImageEdit;

/** A fix as a rule makes it. */
export interface Fix {
  readonly text: string;
  /** None where only a reader can decide, or where it is in a source file. */
  readonly edits: readonly FixEdit[];
}

/** Puts a fix together: texts, and fixes whose edits are all made, or none if a reader has to make one. */
export function fixing(...parts: readonly (string | Fix)[]): Fix {
  const text = parts.map((part) => asFix(part).text).join("");
  return { text, edits: editsOf(parts.filter((part) => typeof part !== "string")) };
}

/** Half of a fix is none. */
function editsOf(fixes: readonly Fix[]): readonly FixEdit[] {
  return fixes.some(({ edits }) => edits.length === 0) ? [] : fixes.flatMap(({ edits }) => edits);
}

/** Several fixes that are made together, as one. */
export function fixingAll(fixes: readonly (string | Fix)[], separator: string = "; "): Fix {
  return fixing(...fixes.flatMap((one, i) => (i === 0 ? [one] : [separator, one])));
}

/** A fix that says one thing, and changes the same in other places, too. */
export function alsoIn(fix: Fix, others: readonly Fix[]): Fix {
  return { text: fix.text, edits: editsOf([fix, ...others]) };
}

/** A text alone has no edits. */
export function asFix(fix: string | Fix): Fix {
  return typeof fix === "string" ? { text: fix, edits: [] } : fix;
}
