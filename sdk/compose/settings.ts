// The settings of a compose file that Kafka would refuse, each with the place where it is written.

import { LabError } from "../model/errors.ts";
import { isProvided, type Refusal, refusalOf } from "../kafka/mod.ts";
import { conventionOf, versionOf } from "./image.ts";
import { configurationOf, majorOf, originsOf } from "./configuration.ts";
import type { ComposeProject, ComposeService, SourceLocation, ServiceName } from "./project.ts";

/** One setting that keeps a node from working. */
export interface RefusedSetting extends Refusal {
  readonly service: ServiceName;
  /** Kafka's name. */
  readonly name: string;
  /** The variable that gives it; null where it is the image's own. */
  readonly variable: string | null;
  readonly value: string;
  readonly location: SourceLocation;
}

/**
 * Lists what Kafka would refuse, node by node.
 *
 * @param kafka the version that runs; without it, each image's
 */
export function refusedSettings(project: ComposeProject, kafka?: string): RefusedSetting[] {
  return project.services.flatMap((service) => refusedOf(service, kafka));
}

/**
 * Refuses a project with a setting that Kafka would refuse.
 *
 * @throws LabError `BAD_COMPOSE` with file and line of the first one
 */
export function checkSettings(project: ComposeProject, kafka?: string): void {
  const [first, ...others] = refusedSettings(project, kafka);
  if (first === undefined) return;
  const more = others.length === 0 ? "" : ` It is one of ${others.length + 1} such settings.`;
  throw new LabError("BAD_COMPOSE", `Cannot configure ${first.service}: ${first.reason}`, {
    ...first.location,
    hint: `${first.variable ?? first.name} has to be ${first.allowed}.${more}`,
  });
}

function refusedOf(service: ComposeService, kafka: string | undefined): RefusedSetting[] {
  const convention = conventionOf(service);
  if (convention === null) return [];
  const version = versionOf(service.image ?? "", convention);
  const major = majorOf(version);
  const { properties } = configurationOf(service, convention, major);
  const origins = originsOf(service, convention, major);
  return Object.entries(properties).flatMap(([name, value]) => {
    const refusal = isProvided(value, properties)
      ? undefined
      : refusalOf("broker", name, value, kafka ?? version);
    if (refusal === undefined) return [];
    const variable = origins.get(name) ?? null;
    const location = (variable === null ? undefined : service.variables[variable]) ?? service.location;
    return [{ ...refusal, service: service.service, name, variable, value, location }];
  });
}
