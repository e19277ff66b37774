// Clients in the services of a compose file: the variables that name bootstrap servers, by which images and
// applications are configured, and Spring Boot's.

import { type ComposeProject, type ComposeService, hasOwnCommand } from "../../../compose/mod.ts";
import type { Dial, DialSecurity } from "../facts.ts";
import { isOpen, type Setting } from "../setting.ts";
import { addressesIn } from "../addresses.ts";
import type { Locate } from "./locate.ts";

/**
 * The bootstrap lists in the services' environments: `*_BOOTSTRAP_SERVERS`, and what tools call it otherwise
 * (`KAFKA_BROKERS`, `KAFKA_BROKERCONNECT`, `KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS`, …).
 */
export function dialsOf(project: ComposeProject, locate: Locate): Dial[] {
  return project.services.flatMap((service) => [
    ...dialsOfVariables(service, locate),
    ...dialsOfCommands(service, locate),
  ]);
}

function dialsOfVariables(service: ComposeService, locate: Locate): Dial[] {
  return Object.entries(service.environment).flatMap(([name, value]): Dial[] => {
    if (!isBootstrapList(name) || isOpen(value)) return [];
    const addresses = addressesIn(value);
    if (addresses.length === 0) return [];
    const setting = settingIn({ service, locate }, name);
    const separator = locate.isList(service.variables[name] ?? service.location, name) ? "=" : ": ";
    return [
      {
        name: service.service,
        service,
        setting,
        addresses,
        set: (list) => {
          const text = `${prefixOf(value)}${list}`;
          const edit = { action: "set", service: service.service, key: name, value: text } as const;
          return {
            text: `${name}${separator}${text}`,
            edits: [{ ...edit, ...setting.location }],
          };
        },
        ...securityIn({ service, locate }, name, separator),
      },
    ];
  });
}

/** What Kafka's tools, kcat and Confluent's `cub` are given in a `command` or an `entrypoint`. */
const OPTION = new RegExp(
  /(?:--(?:bootstrap-servers?|broker-list)[\s=]|\b(?:kafka-ready|kcat|kafkacat)\b[^|;&]{0,200}?\s-b)/.source +
    /\s?["']?([\w.-]+:\d+(?:,[\w.-]+:\d+)*)/.source,
  "g",
);

function dialsOfCommands(service: ComposeService, locate: Locate): Dial[] {
  return service.keys
    .filter(({ key }) => key === "command" || key === "entrypoint")
    .flatMap(({ key, value, location }): Dial[] => {
      const text = Array.isArray(value) ? value.map(String).join(" ") : String(value ?? "");
      const lists = new Set(
        [...text.slice(0, MOST_OF_A_COMMAND).matchAll(OPTION)].map(([, found]) => found!),
      );
      return [...lists].map((list) => ({
        name: service.service,
        service,
        setting: { key, written: key, value: list, origin: "file", location: locate(location, key) },
        addresses: addressesIn(list),
        // a script is the reader's
        set: (better) => ({ text: `${better} instead of ${list} in its ${key}`, edits: [] }),
      }));
    })
    .filter(({ addresses }) => addresses.length > 0);
}

const MOST_OF_A_COMMAND = 10_000;

/**
 * Images that hand variables with a prefix to Kafka's client: Connect's, Schema Registry's and ksqlDB's
 * (confluentinc, etc/confluent/docker/*.properties.template), and Kafka UI's (ClustersProperties).
 */
const PREFIXES: readonly (readonly [image: RegExp, variable: RegExp, rest: string])[] = [
  [/(^|\/)cp-(kafka|server)-connect(-base)?(:|$)/, /^(CONNECT_)BOOTSTRAP_SERVERS$/, ""],
  [/(^|\/)cp-schema-registry(:|$)/, /^(SCHEMA_REGISTRY_KAFKASTORE_)BOOTSTRAP_SERVERS$/, ""],
  [/(^|\/)(cp-)?ksql(db)?-server(:|$)/, /^(KSQL_)BOOTSTRAP_SERVERS$/, ""],
  [/(^|\/)kafka-ui(:|$)/, /^(KAFKA_CLUSTERS_\d+_)BOOTSTRAPSERVERS$/, "PROPERTIES_"],
];

function securityIn(
  reading: { service: ComposeService; locate: Locate },
  name: string,
  separator: string,
): { security?: DialSecurity } {
  const { service } = reading;
  // another start, or a file, may set what the variables do not
  if (hasOwnCommand(service) || service.mounts.some(({ target }) => /\.(ya?ml|properties)$/.test(target)))
    return {};
  for (const [image, variable, rest] of PREFIXES) {
    const prefix = image.test(service.image ?? "") ? variable.exec(name)?.[1] : undefined;
    if (prefix === undefined) continue;
    const pattern = new RegExp(`^${prefix}${rest}((SECURITY|SASL|SSL)_\\w+)$`);
    const given = Object.keys(service.environment).flatMap((one): Setting[] => {
      const [, key] = pattern.exec(one) ?? [];
      return key === undefined
        ? []
        : [{ ...settingIn(reading, one), key: key.toLowerCase().replaceAll("_", ".") }];
    });
    const spell = (key: string, value: string): string =>
      `${prefix}${rest}${key.toUpperCase().replaceAll(".", "_")}${separator}${value}`;
    return { security: { given, spell } };
  }
  return {};
}

/** One variable of a service as a setting. */
export function settingIn(
  { service, locate }: { service: ComposeService; locate: Locate },
  name: string,
): Setting {
  return {
    key: name,
    written: name,
    value: service.environment[name] ?? "",
    origin: "file",
    location: locate(service.variables[name] ?? service.location, name),
  };
}

const LISTS = /(BOOTSTRAP_?SERVERS?|BROKERS?(_?(LIST|CONNECT|URLS?))?)$/;
const KAFKAS = /KAFKA_?(HOSTS?|SERVERS?|URLS?|ADDR(ESS(ES)?)?|ENDPOINTS?)$/;

/** Whether a variable of this name has a list of brokers. */
export function isBootstrapList(name: string): boolean {
  const upper = name.toUpperCase();
  // controllers are dialled by nodes
  if (upper.includes("CONTROLLER_QUORUM")) return false;
  return KAFKAS.test(upper) || (LISTS.test(upper) && /KAFKA|BOOTSTRAP/.test(upper));
}

function prefixOf(value: string): string {
  return /^[A-Za-z_]+:\/\//.exec(value)?.[0] ?? "";
}
