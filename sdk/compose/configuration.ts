// What each kind of image makes of a service's environment: Kafka's properties, and where they come from.

import {
  apacheAssignments,
  apacheConfiguration,
  confluentConfiguration,
  type Configuration,
} from "./apache.ts";
import { bitnamiAssignments, bitnamiConfiguration } from "./bitnami.ts";
import type { Convention } from "./image.ts";
import type { ComposeService } from "./project.ts";

/** The major number of a version; that of the newest Kafka where it has none. */
export function majorOf(version: string): number {
  return Number(/^\d+/.exec(version)?.[0] ?? 4);
}

/**
 * What an image makes of its environment, whatever the service's roles are, and whether or not the image
 * starts with it (see `imageRefusals`).
 */
export function configurationOf(
  service: ComposeService,
  convention: Convention,
  major: number,
): Configuration {
  switch (convention) {
    case "apache":
      return apacheConfiguration(service, major);
    case "bitnami":
      return bitnamiConfiguration(service, major);
    case "confluent":
      return confluentConfiguration(service);
  }
}

/**
 * Which variable of its environment gave each of a service's properties; one that the image gives by itself
 * is absent.
 */
export function originsOf(
  { environment }: ComposeService,
  convention: Convention,
  major: number,
): ReadonlyMap<string, string> {
  return new Map(
    convention === "bitnami"
      ? bitnamiAssignments(environment)
      : apacheAssignments(environment, convention === "confluent" ? 4 : major),
  );
}
