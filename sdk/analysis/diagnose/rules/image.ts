// The image: its tag, and whether its start script accepts the variables.

import type { Problem, Rule } from "../finding.ts";
import { alsoIn, asFix, type FixEdit, fixing } from "../fix.ts";
import { isOpen, type Setting } from "../setting.ts";
import { type Contained, contained, imageFix, variableFix, withoutVariable } from "./contained.ts";
import { hasNoMode } from "./no-roles.ts";
import { list, onePerPlace } from "./words.ts";

export const imageRules: readonly Rule[] = [
  {
    id: "image-latest",
    severity: "warning",
    title: "the image has no fixed version",
    source:
      "Docker: a tag is `latest` where none is given; Kafka's upgrade notes (4.0 removed ZooKeeper " +
      "and old protocol versions)",
    check: ({ cluster }) => {
      const found = contained(cluster?.nodes).filter(
        ({ container: { image } }) => image !== null && !isGone(image) && isMoving(image.value),
      );
      const images = onePerPlace(found.map(({ container }) => container.image!));
      const [first] = found;
      if (first === undefined) return [];
      const zookeeper = found.find((node) => !node.isKraft && !hasNoMode(node));
      return [
        {
          settings: images,
          happens:
            zookeeper === undefined
              ? "A later pull may upgrade one node and not the others: defaults change (linger.ms, " +
                "metadata.recovery.strategy), settings are removed, and an older node cannot always read " +
                "a newer one's data."
              : `The newest images hold Kafka 4, which has no ZooKeeper mode: ${zookeeper.name} has no ` +
                "process.roles, so it does not start with an image that is pulled today.",
          fix: fixing(
            alsoIn(
              imageFix(first, fixedTag(first, zookeeper === undefined)),
              found.slice(1).map((node) => imageFix(node, fixedTag(node, zookeeper === undefined))),
            ),
            zookeeper === undefined ? "" : ", which still has ZooKeeper mode (zookeeper-mode)",
          ),
          ...(zookeeper !== undefined && { severity: "error" as const }),
        },
      ];
    },
  },
  {
    id: "image-gone",
    severity: "error",
    title: "the image can no longer be pulled",
    source:
      "bitnami/containers issue 83267: versioned tags left docker.io/bitnami on 2025-08-28; frozen " +
      "copies are in bitnamilegacy",
    check: ({ cluster }) => {
      const nodes = contained(cluster?.nodes).filter(
        ({ container: { image } }) => image !== null && isGone(image),
      );
      const gone = onePerPlace(nodes.map(({ container }) => container.image!));
      if (gone[0] === undefined) return [];
      const isKraft = nodes.every((node) => node.isKraft);
      const [legacy, ...others] = nodes.map((node) => imageFix(node, legacyOf(node, isKraft)));
      return [
        {
          settings: gone,
          happens:
            `${gone[0].value} is no longer on Docker Hub: it starts only where the image is present ` +
            "already.",
          fix: fixing(
            alsoIn(legacy!, others),
            " (a frozen copy without updates), or apache/kafka with its variables",
          ),
        },
      ];
    },
  },
  {
    id: "image-refuses",
    severity: "error",
    title: "the image's start script rejects these variables",
    source:
      "apache/kafka: docker/resources/common-scripts/configure; confluentinc/kafka-images, v5.5.0 to " +
      "v8.2.0: " +
      "etc/confluent/docker/configure; bitnami/containers: libkafka.sh, kafka_validate",
    check: ({ cluster }) =>
      contained(cluster?.nodes).flatMap((node, _, nodes): Problem[] => {
        const { name, settings, container } = node;
        const { refusals, variables } = container;
        const [first] = refusals;
        if (first === undefined) return [];
        const given = refusals.flatMap(({ variable }) => {
          const setting = variables.find(({ key }) => key === variable);
          return setting ?? unset(variable, settings.location);
        });
        return [
          {
            node: name,
            settings: onePerPlace(given),
            happens: `${name} exits at once: ${list(refusals.map(({ why }) => why))}.`,
            fix: { text: refusals.map(({ fix }) => fix).join("; "), edits: changesOf(node, nodes) },
          },
        ];
      }),
  },
];

function unset(variable: string, location: Setting["location"]): Setting {
  return { key: variable, written: variable, value: "", origin: "default", location };
}

/** `latest`, no tag, or a tag without a number; a digest is fixed. */
function isMoving(image: string): boolean {
  // a variable without a value leaves a colon, which no image's name ends with
  if (image.includes("@") || isOpen(image) || image.endsWith(":")) return false;
  const tag = /:([^:/]+)$/.exec(image)?.[1] ?? "latest";
  return !/\d/.test(tag) || /^latest\b/.test(tag);
}

function isGone({ value }: Setting): boolean {
  return /^((registry-1\.|index\.)?docker\.io\/)?bitnami\/kafka([:@]|$)/.test(value);
}

/**
 * Tags that exist (Docker Hub, 2025-11): of Kafka 3.9, which runs with ZooKeeper, and of Kafka 4. `latest` is
 * Kafka 4, whose metadata an older node cannot read.
 */
const TAGS: readonly (readonly [repository: RegExp, zookeeper: string, kraft: string])[] = [
  [/(^|\/)apache\/kafka$/, "3.9.2", "4.1.0"],
  [/(^|\/)apache\/kafka-native$/, "3.9.1", "4.1.0"],
  [/(^|\/)confluentinc\/cp-(kafka|server)$/, "7.9.1", "8.0.0"],
  [/(^|\/)confluentinc\/cp-enterprise-kafka$/, "5.5.1", "5.5.1"],
  [/(^|\/)bitnamilegacy\/kafka$/, "3.9.0", "4.0.0"],
];

/** A frozen copy of the same version; of a version that has a number. */
function legacyOf({ container: { image } }: Contained, isKraft: boolean): string {
  const value = image!.value.replace("bitnami/", "bitnamilegacy/");
  return isMoving(image!.value) ? tagged(value, isKraft) : value;
}

/** What the variables that the image refuses become; none if one is for the reader to choose. */
function changesOf(node: Contained, nodes: readonly Contained[]): readonly FixEdit[] {
  const id = nodes.find(({ container }) => container.clusterId?.origin === "file")?.container.clusterId
    ?.value;
  const fixes = node.container.refusals.map(({ variable, value }) =>
    value === undefined
      ? asFix("")
      : value === null
        ? withoutVariable(node, variable)
        : variableFix(node, variable, variable === "CLUSTER_ID" ? (id ?? value) : value),
  );
  return fixing(...fixes).edits;
}

function fixedTag({ container: { image } }: Contained, isKraft: boolean): string {
  return tagged(image!.value, isKraft);
}

function tagged(image: string, isKraft: boolean): string {
  const repository = image.replace(/:[^:/]+$/, "");
  const tag = TAGS.find(([pattern]) => pattern.test(repository))?.[isKraft ? 2 : 1];
  return tag === undefined ? `${repository}:VERSION` : `${repository}:${tag}`;
}
