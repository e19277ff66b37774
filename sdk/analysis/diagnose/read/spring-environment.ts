// Spring Boot's clients in the services of a compose file: SPRING_KAFKA_* in their environment.

import type { ComposeService } from "../../../compose/mod.ts";
import type { Client, SpringKey } from "../facts.ts";
import { FIELD_OF, SHARED } from "../known/spring.ts";
import type { SettingsOwner } from "../setting.ts";
import { settingIn } from "./dials.ts";
import type { Locate } from "./locate.ts";
import { clientOf } from "./spring.ts";
import { applicationOfSpring, STREAMS_FIELDS } from "./spring-streams.ts";
import type { ReadApplication } from "./streams.ts";

/**
 * The producer and the consumer of a service whose environment has `SPRING_KAFKA_*`; none where it has none.
 *
 * Spring Boot takes a variable for the key whose dots are underscores and whose dashes are nothing, or
 * underscores, too (SystemEnvironmentPropertyMapper). `owner` is whose environment it is.
 */
export function springOfEnvironment(
  service: ComposeService,
  locate: Locate,
  owner: SettingsOwner = { service: service.service },
): Client[] {
  const keys = keysOf(service, locate).filter(({ path }) => !path.startsWith("spring.kafka.streams."));
  return keys.length === 0
    ? []
    : (["producer", "consumer"] as const).map((role) => ({
        ...clientOf(role, keys, keys[0]!.location, service.service, owner),
        isInCompose: true,
        ...instancesOf(service, locate),
      }));
}

/** How many containers the service has, where it says more than one: `scale`, `deploy.replicas`. */
function instancesOf({ keys }: ComposeService, locate: Locate): Pick<Client, "instances"> {
  for (const { key, value, location } of keys) {
    if (key !== "scale" && key !== "deploy") continue;
    const found = key === "scale" ? value : (value as { readonly replicas?: unknown } | null)?.replicas;
    const count = Number(found ?? 1);
    if (!(count > 1)) continue;
    const written = key === "scale" ? key : "deploy.replicas";
    const setting = { key: "replicas", written, value: `${count}`, location: locate(location, key) };
    return { instances: { count, setting: { ...setting, origin: "file" } } };
  }
  return {};
}

/** The application of Kafka Streams of a service whose environment has `SPRING_KAFKA_STREAMS_*`. */
export function streamsOfEnvironment(
  service: ComposeService,
  locate: Locate,
  owner: SettingsOwner = { service: service.service },
): ReadApplication | null {
  return applicationOfSpring(keysOf(service, locate), undefined, owner);
}

function keysOf(service: ComposeService, locate: Locate): SpringKey[] {
  return Object.keys(service.environment).flatMap((name): SpringKey[] => {
    const path = pathOfVariable(name);
    if (path === null) return [];
    const { value, location } = settingIn({ service, locate }, name);
    return [{ path, written: name, value, location }];
  });
}

function pathOfVariable(name: string): string | null {
  const [, rest] = /^SPRING_KAFKA_(\w+)$/.exec(name) ?? [];
  if (rest === undefined) return null;
  const [, section = "", map] = /^((?:PRODUCER|CONSUMER|STREAMS)_)?PROPERTIES_(\w+)$/.exec(rest) ?? [];
  if (map !== undefined) {
    const side = section.toLowerCase().replace("_", ".");
    return `spring.kafka.${side}properties.${map.toLowerCase().replaceAll("_", ".")}`;
  }
  return PATHS.get(rest.replaceAll("_", "")) ?? null;
}

const SHARED_FIELDS: ReadonlySet<string | undefined> = new Set(
  [...SHARED].map((property) => FIELD_OF.producer[property]),
);

/** Keys by what is left of their variables without underscores. */
const PATHS: ReadonlyMap<string, string> = new Map([
  ...STREAMS_FIELDS.map((field): [string, string] => [
    `STREAMS${field.replace(/-/g, "").toUpperCase()}`,
    `spring.kafka.streams.${field}`,
  ]),
  ...Object.entries(FIELD_OF).flatMap(([role, fields]) =>
    [...Object.values(fields), "max-poll-interval"].flatMap((field): [string, string][] => {
      const paths = [`${role}.${field}`, ...(SHARED_FIELDS.has(field) ? [field] : [])];
      return paths.map((path) => [path.replace(/[.-]/g, "").toUpperCase(), `spring.kafka.${path}`]);
    }),
  ),
]);
