// The compose files that the lab adds to a reader's: whose everything is, and what was asked for on top. The
// reader's files stay as they are.

import { writeFileSync } from "node:fs";
import path from "node:path";
import { stringify } from "yaml";
import { type ComposeProject, type ComposeSource, kafkaServices } from "../../compose/mod.ts";
import { PINNED_KAFKA } from "../local/supply/mod.ts";
import { OWNER_LABEL } from "./owner.ts";

export interface Additions {
  project: ComposeProject;
  /** The owner label's value. */
  owner: string;
  /** Images in place of the file's, by service. */
  images: ReadonlyMap<string, string>;
  /** Variables on top of the file's, by service. */
  variables?: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** Compose v1 takes the last file's network or volume whole, where v2 merges it. @default true */
  merges?: boolean;
  /** More sources, in the order in which they are to be merged. */
  sources: readonly ComposeSource[];
}

/** Makes the source that labels everything which the files will make, and replaces images. */
export function labelsOverride({
  project,
  owner,
  images,
  variables = new Map(),
  merges = true,
}: Omit<Additions, "sources">): string {
  const labels = { [OWNER_LABEL]: owner };
  const top = (key: string): Record<string, unknown> =>
    (project.keys.find((one) => one.key === key)?.value ?? {}) as Record<string, unknown>;
  const own = (key: string): string[] =>
    Object.entries(top(key))
      .filter(([, one]) => !isExternal(one))
      .map(([name]) => name);
  const labelled = (key: string, names: readonly string[]): Record<string, unknown> =>
    Object.fromEntries(
      names.map((name) => [
        name,
        merges
          ? { labels }
          : { ...(top(key)[name] as object | null), labels: { ...labelsOf(top(key)[name]), ...labels } },
      ]),
    );
  const volumes = own("volumes");
  return stringify(
    {
      services: Object.fromEntries(
        project.services.map(({ service }) => [
          service,
          {
            labels,
            ...(images.has(service) ? { image: images.get(service) } : {}),
            ...(variables.has(service) ? { environment: variables.get(service) } : {}),
          },
        ]),
      ),
      networks: labelled(
        "networks",
        [...new Set(["default", ...own("networks")])].filter((name) => !isExternal(top("networks")[name])),
      ),
      ...(volumes.length === 0 ? {} : { volumes: labelled("volumes", volumes) }),
    },
    { lineWidth: 0 },
  );
}

/** Writes the additions into a folder and returns their paths, to be given to compose after the reader's. */
export function writeOverrides(folder: string, additions: Additions): string[] {
  const texts = [...additions.sources.map(({ text }) => text), labelsOverride(additions)];
  return texts.map((text, index) => {
    const file = path.join(folder, `override-${index + 1}.yml`);
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  });
}

/**
 * The images that another Kafka version means: the same repository with the version as its tag. `4` and `3.9`
 * are the lab's own releases of these lines for apache/kafka, which has no such tags; bitnami's has.
 */
export function imagesOf(project: ComposeProject, version: string | undefined): Map<string, string> {
  if (version === undefined) return new Map();
  const release = PINNED_KAFKA.findLast((pinned) => `${pinned}.`.startsWith(`${version}.`)) ?? version;
  return new Map(
    kafkaServices(project).map(({ service, image, convention }) => [
      service,
      `${image.replace(/(@.*|:[^:/]*)$/, "")}:${convention === "apache" ? release : version}`,
    ]),
  );
}

/**
 * Options that start Java sooner and change nothing of how Kafka fails: the light collector and compiler of
 * the local engine. Nothing for images with other rules, and for services that set such options themselves.
 */
export function quickStart(project: ComposeProject): Map<string, Readonly<Record<string, string>>> {
  const given = (name: string): Readonly<Record<string, string>> =>
    project.services.find(({ service }) => service === name)?.environment ?? {};
  const nodes = kafkaServices(project).filter(
    ({ service, convention }) => convention === "apache" && given(service)[JVM_OPTIONS] === undefined,
  );
  return new Map(
    nodes.map(({ service }) => [
      service,
      { [JVM_OPTIONS]: "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Djava.awt.headless=true" },
    ]),
  );
}

/** Read by kafka-run-class.sh, and by the image's own start. */
const JVM_OPTIONS = "KAFKA_JVM_PERFORMANCE_OPTS";

/** Labels are a mapping or a list of `key=value`. */
function labelsOf(definition: unknown): Record<string, unknown> {
  const labels = (definition as { labels?: unknown } | null)?.labels ?? {};
  if (!Array.isArray(labels)) return labels as Record<string, unknown>;
  return Object.fromEntries(
    labels.map((label) => [String(label).split("=", 1)[0]!, String(label).replace(/^[^=]*=?/, "")]),
  );
}

function isExternal(value: unknown): boolean {
  return typeof value === "object" && value !== null && Boolean((value as { external?: unknown }).external);
}
