// Kafka's properties as one more compose source, in the language of each service's image: so both engines can
// use it.

import { stringify } from "yaml";
import { LabError } from "../model/errors.ts";
import { NO_PROPERTY } from "./apache.ts";
import { kafkaServices, type KafkaService } from "./kafka.ts";
import type { ComposeProject, ComposeSource } from "./project.ts";

/**
 * Makes a compose source that gives every Kafka node of the project these properties, to be merged after the
 * files.
 *
 * Where a node uses its image's own file (nothing is set), that file's settings are written out too: one
 * setting makes the image forget them.
 *
 * @throws LabError `UNSUPPORTED` for a property that the image's rules cannot express.
 */
export function propertiesOverride(
  project: ComposeProject,
  properties: Readonly<Record<string, string>>,
): ComposeSource {
  const services = Object.fromEntries(
    kafkaServices(project).map((node) => {
      const given = project.services.find(({ service }) => service === node.service)?.environment ?? {};
      const all = node.bundled ? { ...node.properties, ...properties } : properties;
      const variables = Object.entries(all).flatMap(([property, value]) => {
        const literal = value.replaceAll("$", "$$$$");
        return variablesOf(property, node, given).map((name) => [name, literal] as const);
      });
      return [node.service, { environment: Object.fromEntries(variables) }];
    }),
  );
  return Object.freeze({ file: "(properties)", text: stringify({ services }, { lineWidth: 0 }) });
}

function variablesOf(
  property: string,
  { service, convention }: KafkaService,
  given: Readonly<Record<string, string>>,
): string[] {
  if (convention === "bitnami") {
    if (/[-_A-Z]/.test(property.replaceAll(/sasl_(ssl|plaintext)/g, "")))
      throw inexpressible(property, service, convention);
    const suffix = property.toUpperCase().replaceAll(".", "_");
    // An old name that the file uses wins over the new one.
    return [`KAFKA_CFG_${suffix}`, `KAFKA_${suffix}`].filter((name, i) => i === 0 || name in given);
  }
  const escaped = property.replaceAll("_", "__").replaceAll("-", "___").replaceAll(".", "_");
  const name = `KAFKA_${escaped.toUpperCase()}`;
  if (/[A-Z]|[-_.]{2}/.test(property) || NO_PROPERTY.has(name))
    throw inexpressible(property, service, convention);
  return [name];
}

function inexpressible(property: string, service: string, convention: string): LabError {
  return new LabError(
    "UNSUPPORTED",
    `Cannot give ${service} the property ${property}: no variable of the ${convention} image makes it`,
  );
}
