// Why an image's entry point exits before Kafka starts. Sources: confluentinc/kafka-images, tags v5.5.0 to
// v8.2.0, {kafka,server}/include/etc/confluent/docker/configure (KRaft mode came with v7.4.0); apache/kafka,
// docker/resources/common-scripts/configure; bitnami/containers, libkafka.sh, kafka_validate.

import { type Convention, hasOwnCommand, versionOf } from "./image.ts";
import type { ComposeService } from "./project.ts";

/** A reason for which an image does not start Kafka. */
export interface ImageRefusal {
  /** True for what no other start of the same Kafka needs, so that a local engine could run it. */
  readonly isImagesOwn: boolean;
  /** As it follows the service's name and a colon. */
  readonly why: string;
  /** The variable that is wrong or missing. */
  readonly variable: string;
  /** What mends it, as a sentence without its end. */
  readonly fix: string;
  /** What the variable has to be; null if it has to go. @default for the reader to choose */
  readonly value?: string | null;
}

const CLUSTER_ID =
  "CLUSTER_ID: 5L6g3nShT-eMCtK--X86sw, the same on every node (kafka-storage.sh random-uuid generates one)";

/**
 * What an image refuses of a service's environment, worst first; empty where the service replaces the image's
 * own start by a `command` or `entrypoint`, which may set anything.
 */
export function imageRefusals(service: ComposeService, convention: Convention): ImageRefusal[] {
  if (hasOwnCommand(service)) return [];
  const version = versionOf(service.image ?? "", convention);
  const [, major, minor] = /^(\d+)(?:\.(\d+))?/.exec(version) ?? [];
  // what has no number is the newest
  const number = major === undefined ? 99 : Number(major) + Number(minor ?? 99) / 100;
  const given: Given = { env: service.environment, image: imageName(service, convention), number };
  switch (convention) {
    case "apache":
      return [...ofRoles(given), ...ofSecurity(given)];
    case "confluent":
      return [...ofRoles(given), ...ofConfluent(given), ...ofDeprecated(given), ...ofSecurity(given)];
    case "bitnami":
      return ofBitnami(given);
  }
}

interface Given {
  readonly env: Readonly<Record<string, string>>;
  readonly image: string;
  /** Kafka 3.4 is 3.04. */
  readonly number: number;
}

const KRAFT_IMAGES = 3.04;

function imageName({ image }: ComposeService, convention: Convention): string {
  const repository = /(?:^|\/)([^/]+\/[^/:@]+)(?:[:@]|$)/.exec(image ?? "")?.[1];
  return (
    repository ?? { apache: "apache/kafka", bitnami: "bitnami/kafka", confluent: "cp-kafka" }[convention]
  );
}

function ofRoles({ env, number, image }: Given): ImageRefusal[] {
  if (env["KAFKA_PROCESS_ROLES"] !== "controller" || !env["KAFKA_ADVERTISED_LISTENERS"]) return [];
  if (image.startsWith("confluentinc") && number < KRAFT_IMAGES) return [];
  return [
    {
      isImagesOwn: false,
      why: "KAFKA_ADVERTISED_LISTENERS is set on a node that is only a controller",
      variable: "KAFKA_ADVERTISED_LISTENERS",
      fix: "remove KAFKA_ADVERTISED_LISTENERS from dedicated controllers",
      value: null,
    },
  ];
}

function ofConfluent({ env, image, number }: Given): ImageRefusal[] {
  const isKraft = number >= KRAFT_IMAGES && Boolean(env["KAFKA_PROCESS_ROLES"]);
  const missing = (variable: string, why: string, fix: string, isImagesOwn = true): ImageRefusal[] =>
    env[variable]
      ? []
      : [
          {
            isImagesOwn,
            variable,
            fix,
            why: `${variable} is not set, ${why}`,
            ...(variable === "CLUSTER_ID" && { value: "5L6g3nShT-eMCtK--X86sw" }),
          },
        ];
  const advertised = missing(
    "KAFKA_ADVERTISED_LISTENERS",
    `which ${image} needs`,
    "KAFKA_ADVERTISED_LISTENERS with the address at which clients find this node",
  );
  if (isKraft) {
    const id = missing("CLUSTER_ID", `which ${image} needs`, CLUSTER_ID, false);
    return env["KAFKA_PROCESS_ROLES"] === "controller" ? id : [...id, ...advertised];
  }
  // from 8.0 on, a rule about ZooKeeper tells of it
  if (number >= 4) return [];
  const why =
    env["KAFKA_PROCESS_ROLES"] && number < KRAFT_IMAGES
      ? `which ${image} needs before 7.4: it knows no KRaft mode`
      : `which ${image} needs without KAFKA_PROCESS_ROLES`;
  const fix =
    number < KRAFT_IMAGES && env["KAFKA_PROCESS_ROLES"]
      ? `image: confluentinc/${image.replace(/^.*\//, "")}:7.9.1, which formats the storage itself`
      : "KAFKA_ZOOKEEPER_CONNECT, or KRaft's settings with KAFKA_PROCESS_ROLES";
  return [...missing("KAFKA_ZOOKEEPER_CONNECT", why, fix), ...advertised];
}

function ofDeprecated({ env }: Given): ImageRefusal[] {
  return ["KAFKA_ADVERTISED_PORT", "KAFKA_ADVERTISED_HOST", "KAFKA_HOST", "KAFKA_PORT"]
    .filter((variable) => env[variable])
    .map((variable) => ({
      isImagesOwn: true,
      why: `${variable} is set, which the image refuses as deprecated`,
      variable,
      fix: `remove ${variable}; KAFKA_ADVERTISED_LISTENERS has host and port`,
      value: null,
    }));
}

// The scripts look for the letters `SSL://` and `SASL_…://`: at the listener's name, not at its protocol.
function ofSecurity({ env }: Given): ImageRefusal[] {
  const advertised = env["KAFKA_ADVERTISED_LISTENERS"] ?? "";
  const stores = [
    "KAFKA_SSL_KEYSTORE_FILENAME",
    "KAFKA_SSL_KEY_CREDENTIALS",
    "KAFKA_SSL_KEYSTORE_CREDENTIALS",
  ];
  // a trust store is looked for only where clients are asked for certificates
  const trust = ["KAFKA_SSL_TRUSTSTORE_FILENAME", "KAFKA_SSL_TRUSTSTORE_CREDENTIALS"];
  const asks = /required|requested/.test(env["KAFKA_SSL_CLIENT_AUTH"] ?? "");
  const needed = [
    ...(advertised.includes("SSL://") ? [...stores, ...(asks ? trust : [])] : []),
    ...(/SASL_.*:\/\//.test(advertised) ? ["KAFKA_OPTS"] : []),
  ];
  return needed
    .filter((variable) => !env[variable])
    .map((variable) => ({
      isImagesOwn: true,
      why:
        `${variable} is not set, which the image needs for a listener named ` +
        (variable === "KAFKA_OPTS" ? "SASL_…" : "…SSL"),
      variable,
      fix:
        variable === "KAFKA_OPTS"
          ? "KAFKA_OPTS with -Djava.security.auth.login.config=FILE, or a listener of another name whose " +
            "protocol is mapped"
          : `${variable}, the name of a file in /etc/kafka/secrets`,
    }));
}

/** From here on the tags' last builds have the same `kafka_validate`. */
const BITNAMI_VALIDATES = 3.06;
/** Before, a listener without encryption had to be allowed. */
const BITNAMI_PLAINTEXT = 3.02;

function ofBitnami({ env, number }: Given): ImageRefusal[] {
  const value = (suffix: string): string => env[`KAFKA_${suffix}`] || env[`KAFKA_CFG_${suffix}`] || "";
  const isYes = (name: string): boolean => /^(1|yes|true)$/i.test(env[name] ?? "");
  const found: ImageRefusal[] = [];
  const add = (variable: string, why: string, fix: string, value?: string | null): void => {
    found.push({ isImagesOwn: true, why, variable, fix, ...(value !== undefined && { value }) });
  };
  const [roles, zookeeper] = [value("PROCESS_ROLES"), value("ZOOKEEPER_CONNECT")];
  if (number >= BITNAMI_VALIDATES && number < 4 && roles === "" && zookeeper === "")
    add(
      "KAFKA_CFG_PROCESS_ROLES",
      "neither KAFKA_CFG_PROCESS_ROLES nor KAFKA_CFG_ZOOKEEPER_CONNECT is set, and the image needs one",
      "KAFKA_CFG_PROCESS_ROLES=broker,controller, with KAFKA_CFG_NODE_ID, the listeners and the voters",
    );
  if (
    number >= BITNAMI_VALIDATES &&
    number < 4 &&
    roles !== "" &&
    zookeeper !== "" &&
    !isYes("KAFKA_CFG_ZOOKEEPER_METADATA_MIGRATION_ENABLE")
  )
    add(
      "KAFKA_CFG_ZOOKEEPER_CONNECT",
      "KAFKA_CFG_PROCESS_ROLES and KAFKA_CFG_ZOOKEEPER_CONNECT are both set, without a migration",
      "remove KAFKA_CFG_ZOOKEEPER_CONNECT",
      null,
    );
  if (number >= BITNAMI_VALIDATES) {
    const isSasl = (listener: string): boolean =>
      value("LISTENER_SECURITY_PROTOCOL_MAP")
        .split(",")
        .some((pair) => new RegExp(`^\\s*${listener}:SASL_`).test(pair));
    const pairs = [
      [value("INTER_BROKER_LISTENER_NAME"), "KAFKA_CFG_SASL_MECHANISM_INTER_BROKER_PROTOCOL"],
      [value("CONTROLLER_LISTENER_NAMES"), "KAFKA_CFG_SASL_MECHANISM_CONTROLLER_PROTOCOL"],
    ] as const;
    for (const [listener, variable] of pairs)
      if (/^\w+$/.test(listener) && isSasl(listener) && !env[variable])
        add(variable, `${variable} is not set, and ${listener} uses SASL`, `${variable}=PLAIN`, "PLAIN");
  }
  const isSecure = /SSL|SASL/.test(
    `${value("LISTENER_SECURITY_PROTOCOL_MAP")} ${value("LISTENERS")} ${value("ADVERTISED_LISTENERS")}`,
  );
  if (number < BITNAMI_PLAINTEXT && !isSecure && !isYes("ALLOW_PLAINTEXT_LISTENER"))
    add(
      "ALLOW_PLAINTEXT_LISTENER",
      "ALLOW_PLAINTEXT_LISTENER is not set, without which this version takes no unencrypted listener",
      "ALLOW_PLAINTEXT_LISTENER=yes",
      "yes",
    );
  return found;
}
