// `.env` files. Beside a compose file they are what its variables come from; alone they are taken for the
// environment of one service.

import {
  type ComposeProject,
  type ComposeService,
  type ComposeSource,
  conventionOf,
  dotenv,
  type FileReader,
} from "../../../compose/mod.ts";
import type { Dial, NotJudged } from "../facts.ts";
import type { Setting } from "../setting.ts";
import { nodeOfService } from "./compose.ts";
import { workerOfService } from "./connect.ts";
import { dialsOf } from "./dials.ts";
import type { Text } from "./flat.ts";
import { locator } from "./locate.ts";
import type { Part } from "./parts.ts";
import { springOfEnvironment, streamsOfEnvironment } from "./spring-environment.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads a `.env` file as the environment of one service; `env` is what its own variables may use.
 *
 * @throws LabError `BAD_COMPOSE` with file and line
 */
export function readEnvironment(source: Text, env: Environment): Part {
  const service = serviceOf(source, env);
  const locate = locator([source]);
  const convention = conventionOf(service) ?? (isServers(service) ? "apache" : null);
  const nodes = convention === null ? [] : [nodeOfService(service, convention, locate)];
  const worker = workerOfService(service, locate);
  const dials = dialsOf({ services: [service] } as unknown as ComposeProject, locate);
  const streams = streamsOfEnvironment(service, locate);
  const clients = [
    ...springOfEnvironment(service, locate),
    ...(worker?.clients ?? []),
    ...(streams?.clients ?? []),
  ];
  const isJudged = nodes.length + clients.length > 0;
  return {
    nodes,
    clients,
    workers: worker === null ? [] : [worker.worker],
    applications: streams === null ? [] : [streams.application],
    dials,
    notJudged: isJudged ? [] : [dials.length > 0 ? onlyDials(dials) : nothing(source)],
  };
}

/**
 * What compose files are interpolated with: what is given wins over the files, the later over the earlier.
 */
export function withFiles(files: readonly Text[], env: Environment): Environment {
  const known: Record<string, string | undefined> = {};
  for (const { file, text } of files) Object.assign(known, dotenv(text, { ...known, ...env }, { file }));
  return { ...known, ...env };
}

/** A reader that knows the given files, too: one may be the `env_file` of a service. */
export function readingToo(files: readonly Text[], readFile: FileReader): FileReader {
  const bare = (name: string): string => name.replaceAll("\\", "/").replace(/^\.\//, "");
  return (name) =>
    readFile(name) ?? files.find(({ file }) => `/${bare(file)}`.endsWith(`/${bare(name)}`))?.text;
}

/** The files of which the compose files mention nothing: neither a variable, nor the file itself. */
export function unused(files: readonly Text[], compose: readonly ComposeSource[]): NotJudged[] {
  const words = new Set(compose.flatMap(({ text }) => text.match(/[\w.-]+/g) ?? []));
  // compose reads its own settings from there, such as COMPOSE_PROFILES
  const isUsed = (name: string): boolean => name.startsWith("COMPOSE_") || words.has(name);
  return files
    .filter(({ file, text }) => !words.has(/[^/\\]*$/.exec(file)![0]) && !namesIn(text).some(isUsed))
    .map((source) => ({
      setting: fileSetting(source),
      why: "The compose file uses no variable of it, so it changes nothing there.",
      fix: "give it without the compose file to have it judged as a service's environment",
    }));
}

const ASSIGNMENT = /^[ \t]*(?:export[ \t]+)?([\w.[\]-]+)[ \t]*[=:]/;

function namesIn(text: string): string[] {
  return text.split("\n").flatMap((line) => ASSIGNMENT.exec(line)?.[1] ?? []);
}

function serviceOf(source: Text, env: Environment): ComposeService {
  const environment = dotenv(source.text, env, { file: source.file });
  // the later of two lines counts
  const lines = new Map(
    source.text
      .replace(/^\uFEFF/, "")
      .split(/\r\n|\n/)
      .map((line, i) => [ASSIGNMENT.exec(line)?.[1] ?? "", i + 1] as const),
  );
  const places = Object.keys(environment).map((name) => [
    name,
    { file: source.file, line: lines.get(name) ?? 1 },
  ]);
  return {
    service: source.file,
    location: { file: source.file, line: 1 },
    image: null,
    environment,
    variables: Object.fromEntries(places) as ComposeService["variables"],
    ports: [],
    mounts: [],
    capAdd: [],
    containerName: null,
    hostname: null,
    aliases: [],
    keys: [],
  };
}

/** What only a Kafka server is given. */
function isServers({ environment }: ComposeService): boolean {
  return Object.keys(environment).some((name) =>
    /^KAFKA_(ADVERTISED_LISTENERS|LISTENERS|ZOOKEEPER_CONNECT|BROKER_ID|NODE_ID)$/.test(name),
  );
}

function onlyDials(dials: readonly Dial[]): NotJudged {
  return {
    setting: dials[0]!.setting,
    why:
      "It names brokers and no other setting of Kafka: only the address can be judged, against the " +
      "brokers.",
    fix: "give the brokers' files with it",
  };
}

function nothing(source: Text): NotJudged {
  return {
    setting: fileSetting(source),
    why: "It has no variable of Kafka, such as KAFKA_… or …_BOOTSTRAP_SERVERS.",
    fix: "give the compose file that uses it",
  };
}

function fileSetting({ file }: Text): Setting {
  return {
    key: "file",
    written: "file",
    value: file,
    origin: "file",
    location: { file, line: 1, column: 1 },
  };
}
