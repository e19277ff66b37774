// The image: its tag, and whether its start script accepts the variables.

import type { Problem, Rule } from "../finding.ts";
import { contained } from "./contained.ts";
import { onePerPlace } from "./words.ts";

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
        ({ container: { image } }) =>
          image !== null && (/:latest$/.test(image.value) || !/[:@][^/]+$/.test(image.value)),
      );
      const images = onePerPlace(found.map(({ container }) => container.image!));
      if (images[0] === undefined) return [];
      const repository = images[0].value.replace(/:latest$/, "");
      return [
        {
          settings: images,
          happens:
            "A later pull may upgrade one node and not the others: defaults change (linger.ms, " +
            "metadata.recovery.strategy), settings are removed, and an older node cannot always read " +
            "a newer one's data.",
          fix: `image: ${repository}:3.9.2`,
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
      const images = contained(cluster?.nodes)
        .map(({ container: { image } }) => image)
        .filter((image) => image !== null);
      const gone = onePerPlace(
        images.filter(({ value }) =>
          /^((registry-1\.|index\.)?docker\.io\/)?bitnami\/kafka([:@]|$)/.test(value),
        ),
      );
      if (gone[0] === undefined) return [];
      return [
        {
          settings: gone,
          happens:
            `${gone[0].value} is no longer on Docker Hub: \`docker compose up\` fails unless the image ` +
            "is present.",
          fix:
            `image: ${gone[0].value.replace("bitnami/", "bitnamilegacy/")} (a frozen copy without ` +
            "updates), or apache/kafka with its variables",
        },
      ];
    },
  },
  {
    id: "image-refuses",
    severity: "error",
    title: "the image's start script rejects these variables",
    source:
      "apache/kafka: docker/resources/common-scripts/configure; confluentinc/kafka-images: " +
      "etc/confluent/docker/configure",
    check: ({ cluster }) =>
      contained(cluster?.nodes).flatMap(({ name, container: { refused, variables, image } }): Problem[] => {
        const source = variables.find(({ key }) => key === "KAFKA_ADVERTISED_LISTENERS") ?? image;
        if (refused === null || source === null) return [];
        const fix = refused.includes("ADVERTISED")
          ? "remove KAFKA_ADVERTISED_LISTENERS from dedicated controllers"
          : "CLUSTER_ID: 5L6g3nShT-eMCtK--X86sw, the same on every node (kafka-storage.sh random-uuid " +
            "generates one)";
        return [{ settings: [source], happens: `${name} exits at once: ${refused}.`, fix }];
      }),
  },
];
