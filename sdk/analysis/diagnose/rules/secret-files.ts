// Files of keys, certificates and users that a container does not have.

import type { Node } from "../facts.ts";
import type { Problem, Rule } from "../finding.ts";
import { isOpen, type Setting } from "../setting.ts";
import { contained } from "./contained.ts";
import {
  givenFor,
  hasImagesOwnStart,
  isBitnami,
  isSasl,
  isTls,
  listenersWith,
  loginFileOf,
} from "./secured.ts";
import { needsLoginFile } from "./jaas.ts";
import { asksForCertificates, hasImagesStores, SECRETS, variableOf } from "./stores.ts";
import { list, onePerPlace } from "./words.ts";

export const secretFileRules: readonly Rule[] = [
  {
    id: "secret-file-not-mounted",
    severity: "error",
    title: "a file of keys or users that no volume has",
    source:
      "Kafka: DefaultSslEngineFactory.FileBasedStore.load; Java: sun.security.provider.ConfigFile; " +
      'apache/kafka and kafka-images: configure, "… file does not exist"',
    check: ({ cluster }) =>
      contained(cluster?.nodes).flatMap((node): Problem[] => {
        if (!isJudged(node) || node.container.refusals.length > 0) return [];
        const lost = [...storeFiles(node), ...conventionFiles(node), ...loginFiles(node)].filter(
          ({ path }) => path.startsWith("/") && !isOpen(path) && !hasFile(node, path),
        );
        if (lost[0] === undefined) return [];
        const paths = [...new Set(lost.map(({ path }) => path))];
        const target = paths[0]!.replace(/\/[^/]*$/, "") || "/";
        return [
          {
            node: node.name,
            settings: onePerPlace(lost.map(({ setting }) => setting)),
            happens:
              `${node.name} does not start: the container has no ${list(paths)}, because no volume ` +
              "has it.",
            fix:
              `volumes: ["FOLDER:${target}:ro"], with ` +
              list(paths.map((path) => path.replace(/^.*\//, ""))),
          },
        ];
      }),
  },
];

interface NamedFile {
  readonly setting: Setting;
  readonly path: string;
}

/** Where the image is Kafka's or Confluent's, and nothing but its volumes brings files. */
function isJudged(node: Node): boolean {
  const { container } = node;
  if (container === null || isBitnami(node) || !hasImagesOwnStart(node)) return false;
  return !container.service.keys.some(({ key }) => BRING_FILES.has(key));
}

const BRING_FILES: ReadonlySet<string> = new Set([
  "configs",
  "secrets",
  "volumes_from",
  "develop",
  "post_start",
]);

/** A mount of the file, or of a folder that it is in; what the image has is nowhere below these. */
function hasFile({ container }: Node, path: string): boolean {
  if (/^\/(usr|lib|opt\/java|etc\/(ssl|pki))\//.test(path) || path.includes("/../")) return true;
  const clean = path.replace(/\/{2,}/g, "/");
  return container!.service.mounts.some(({ kind, target }) => {
    const folder = target.replace(/\/+$/, "");
    return kind !== "tmpfs" && (clean === folder || clean.startsWith(`${folder}/`));
  });
}

/** The stores that TLS listeners load. */
function storeFiles(node: Node): NamedFile[] {
  const isImages = hasImagesStores(node);
  return listenersWith(node, isTls).flatMap((listener) =>
    STORES.flatMap((key): NamedFile[] => {
      const setting = givenFor(node, listener, key);
      // what the image's script writes over does not count
      const isReplaced = isImages && setting?.key === key && (key === STORES[0] || asksForCertificates(node));
      return setting === null || isReplaced ? [] : [{ setting, path: setting.value.trim() }];
    }),
  );
}

const STORES = ["ssl.keystore.location", "ssl.truststore.location"] as const;

/** The files that the image's script looks for. */
function conventionFiles(node: Node): NamedFile[] {
  if (!hasImagesStores(node)) return [];
  const names = [
    "KAFKA_SSL_KEYSTORE_FILENAME",
    "KAFKA_SSL_KEY_CREDENTIALS",
    "KAFKA_SSL_KEYSTORE_CREDENTIALS",
    ...(asksForCertificates(node)
      ? ["KAFKA_SSL_TRUSTSTORE_FILENAME", "KAFKA_SSL_TRUSTSTORE_CREDENTIALS"]
      : []),
  ];
  return names.flatMap((name): NamedFile[] => {
    const setting = variableOf(node, name);
    return setting === null ? [] : [{ setting, path: `${SECRETS}/${setting.value}` }];
  });
}

/** The file with the users of the mechanisms that have no entry of their own. */
function loginFiles(node: Node): NamedFile[] {
  const file = listenersWith(node, isSasl).length > 0 && needsLoginFile(node) ? loginFileOf(node) : null;
  return file == null ? [] : [file];
}
