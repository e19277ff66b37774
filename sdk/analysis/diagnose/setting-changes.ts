// The fixes that write, remove or rename one setting of a file, of a service, or of a manifest.

import type {
  ManifestPlace,
  ManifestWriter,
  Location,
  Setting,
  Settings,
  SettingsParts,
} from "./setting-parts.ts";

/** What a reader has to fill in; listeners may have such names, too. */
const PLACEHOLDER =
  /(\/\/|@)HOST:|^HOST:PORT|,HOST:(PORT|\d)|ID@HOST|\b(FILE|NAME|PASSWORD|USER)\b(?!:\/\/|:[A-Z])|…/;

/** Settings that each node has for itself: what shares the line by an anchor keeps its own. */
const OF_ONE_NODE: ReadonlySet<string> = new Set([
  "node.id",
  "broker.id",
  "process.roles",
  "listeners",
  "advertised.listeners",
  "log.dirs",
]);

/** The fixes that change one of these settings in a manifest, where nodes may share a template. */
function changesOfManifest(
  { spell, spellKey, pathOf = spellKey }: SettingsParts,
  all: ReadonlyMap<string, Setting>,
  manifest: ManifestWriter,
): Pick<Settings, "set" | "remove" | "rename"> {
  const written = (key: string): Setting | undefined =>
    all.get(key)?.origin === "file" ? all.get(key) : undefined;
  const placeOf = (key: string): ManifestPlace | null => {
    const found = written(key);
    return found === undefined ? null : manifest.placeOf(found.written);
  };
  return {
    set(key, value) {
      const name = written(key)?.written ?? spellKey(key);
      const shared = PLACEHOLDER.test(value) ? null : manifest.valueFor(key, value);
      const place = shared === null ? null : manifest.placeOf(name);
      const text = spell(key, shared ?? value, name);
      return {
        text,
        edits: place === null ? [] : [{ action: "set", ...place, service: null, value: shared! }],
      };
    },
    remove(key) {
      const text = `remove ${written(key)?.written ?? all.get(key)?.written ?? key}`;
      const place = placeOf(key);
      return { text, edits: place === null ? [] : [{ action: "remove", ...place, service: null }] };
    },
    rename(key, to) {
      const text = spell(to, all.get(key)?.value ?? "", all.get(to)?.written ?? spellKey(to));
      const place = placeOf(key);
      const edit = { action: "rename", service: null, to: pathOf(to) } as const;
      return { text, edits: place === null ? [] : [{ ...edit, ...place }] };
    },
  };
}

/** The fixes that change one of these settings. */
export function changesOf(
  parts: SettingsParts,
  all: ReadonlyMap<string, Setting>,
): Pick<Settings, "set" | "remove" | "rename"> {
  const { location, service = null, isSource = false, spell, spellKey, pathOf = spellKey } = parts;
  if (parts.manifest !== undefined) return changesOfManifest(parts, all, parts.manifest);
  const isEditable = (place: Location): boolean => !isSource || place.file !== location.file;
  const written = (key: string): Setting | undefined => {
    const found = all.get(key);
    return found?.origin === "file" && isEditable(found.location) ? found : undefined;
  };
  return {
    set(key, value) {
      const found = written(key);
      const text = spell(key, value, found?.written ?? spellKey(key));
      // a broker's listeners may come from what it advertises, which is another variable
      const isThere = found !== undefined && text.includes(lastOf(found.written));
      if ((!isThere && !isEditable(location)) || PLACEHOLDER.test(value)) return { text, edits: [] };
      const place = isThere ? found.location : location;
      const name = isThere ? found.written : pathOf(key);
      const isOwn = service !== null && OF_ONE_NODE.has(key);
      return {
        text,
        edits: [{ action: "set", ...place, service, key: name, value, ...(isOwn && { isOwn }) }],
      };
    },
    remove(key) {
      const found = written(key);
      if (found === undefined) return { text: `remove ${all.get(key)?.written ?? key}`, edits: [] };
      return {
        text: `remove ${found.written}`,
        edits: [{ action: "remove", ...found.location, service, key: found.written }],
      };
    },
    rename(key, to) {
      const found = written(key);
      const text = spell(to, all.get(key)?.value ?? "", all.get(to)?.written ?? spellKey(to));
      if (found === undefined) return { text, edits: [] };
      return {
        text,
        edits: [{ action: "rename", ...found.location, service, key: found.written, to: pathOf(to) }],
      };
    },
  };
}

// kafkajs's line has only the last part of a path
function lastOf(written: string): string {
  return written.slice(written.lastIndexOf(".") + 1);
}
