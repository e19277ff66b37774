// Where an image can keep its data on a new named volume. Docker gives such a volume the owner and mode of
// the image's folder; a folder that the image does not have becomes root's, and Kafka, which is another user,
// cannot write to it.
//
// Sources: apache/kafka, docker/jvm/Dockerfile (appuser owns /var/lib/kafka) and docker/native/Dockerfile
// (appuser has only a home); confluentinc/kafka-images, {kafka,server}/Dockerfile.ubi8 (appuser owns
// /var/lib/kafka; before 6.0 root runs Kafka); bitnami/containers, kafka/postunpack.sh (the group root, which
// the user is in, writes to /bitnami/kafka).

import { isAtLeast } from "../facts.ts";
import { type Fix, fixing, fixingAll } from "../fix.ts";
import { listOf } from "../setting.ts";
import type { Contained } from "./contained.ts";

interface Folder {
  /** A folder of the image, which the user that runs Kafka writes to. */
  readonly mount: string;
  /** Where Kafka's data is in it. */
  readonly data: string;
}

const FOLDERS: readonly (readonly [repository: RegExp, folder: Folder])[] = [
  [/(^|\/)apache\/kafka$/, { mount: "/var/lib/kafka/data", data: "/var/lib/kafka/data" }],
  [/(^|\/)apache\/kafka-native$/, { mount: "/home/appuser", data: "/home/appuser/kafka-logs" }],
  [
    /(^|\/)confluentinc\/cp-(kafka|server|enterprise-kafka)$/,
    { mount: "/var/lib/kafka/data", data: "/var/lib/kafka/data" },
  ],
  [/(^|\/)bitnami(legacy|secure)?\/kafka$/, { mount: "/bitnami/kafka", data: "/bitnami/kafka/data" }],
];

/** The fix that keeps a node's data on a named volume; a text alone if the image's folders are unknown. */
export function onVolume(node: Contained): Fix {
  const dirs = listOf(node.settings.of("log.dirs").value);
  const dir = dirs[0]!;
  const volume = `${node.name}-data`;
  if (isRoot(node) && dirs.length === 1) return mounted(node, volume, dir);
  const folder = folderOf(node);
  if (folder === null || dirs.length > 1)
    return {
      text: `volumes: ["${volume}:FOLDER"], and log.dirs in a folder that the image's user owns`,
      edits: [],
    };
  return `${dir}/`.startsWith(`${folder.mount}/`)
    ? mounted(node, volume, folder.mount)
    : fixing(mounted(node, volume, folder.mount), " and ", settingsWith(node, folder.data));
}

function folderOf({ container: { image } }: Contained): Folder | null {
  const repository = image?.value.replace(/@.*$/, "").replace(/:[^:/]+$/, "") ?? "";
  return FOLDERS.find(([pattern]) => pattern.test(repository))?.[1] ?? null;
}

function isRoot({ container }: Contained): boolean {
  const user = container.service.keys.find(({ key }) => key === "user")?.value;
  return /^(0|root)(:|$)/.test(String(user ?? ""));
}

function mounted({ name, container }: Contained, volume: string, target: string): Fix {
  const place = { ...container.service.location, column: 1, service: name };
  return {
    text: `volumes: ["${volume}:${target}"]`,
    edits: [{ action: "add-volume", ...place, volume, target }],
  };
}

// Once one variable is set, the apache image drops the whole file that it has otherwise.
function settingsWith(node: Contained, dir: string): Fix {
  const { settings, container, version, controllerNames } = node;
  const line = settings.set("log.dirs", dir);
  const own = [...settings.given.values()];
  if (container.convention !== "apache" || own.some(({ origin }) => origin !== "image")) return line;
  const isFour = isAtLeast(version, 4, 0) === true;
  const needed = own.filter(
    ({ key }) => !/^(log\.|num\.|socket\.)/.test(key) && (isFour || !key.startsWith("share.")),
  );
  const others = needed.map(({ key, value }) => {
    // before 3.9 a controller listener must not be advertised
    const isRefused = key === "advertised.listeners" && isAtLeast(version, 3, 9) === false;
    const kept = listOf(value).filter((one) => !controllerNames.some((name) => one.startsWith(`${name}:`)));
    return settings.set(key, isRefused ? kept.join(",") : value);
  });
  const { edits } = fixingAll([line, ...others]);
  return { text: `${line.text}, with the settings of the image's own file, which it drops then`, edits };
}
