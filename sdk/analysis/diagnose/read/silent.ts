// Files in which the rules find no setting at all, by kind of file.

import type { Client, NotJudged, SpringKey } from "../facts.ts";
import { JAVA_COMMON, JAVA_CONSUMER, JAVA_PRODUCER } from "../known/java-names.ts";
import type { Setting } from "../setting.ts";
import { leavesOfYaml, type Text } from "./flat.ts";
import type { Kind } from "./kind.ts";
import { leavesOfProperties } from "./properties.ts";
import type { ReadSource } from "./source.ts";

/** What a file was read as, and what was read in it. */
export interface ReadFile {
  readonly input: Text;
  readonly kind: Kind;
  readonly clients: readonly Client[];
  readonly spring: readonly SpringKey[];
  readonly source: ReadSource | undefined;
}

/** Why nothing in a file was judged; empty where something was. */
export function silentFile({ input, kind, clients, spring, source }: ReadFile): NotJudged[] {
  switch (kind) {
    case "spring":
      return silentSpring(input, spring);
    case "source":
      return source === undefined || isJudged(source) ? [] : [silentSource(input)];
    case "java": {
      const known = (key: string): boolean =>
        JAVA_COMMON.has(key) || JAVA_PRODUCER.has(key) || JAVA_CONSUMER.has(key);
      const keys = leavesOfProperties(input).map(({ path }) => path);
      return keys.some(known)
        ? []
        : [whole(input, "It has no setting of Kafka's clients.", "the file with bootstrap.servers")];
    }
    case "kafkajs":
    case "librdkafka":
      return clients.some(({ settings }) => settings.given.size > 0)
        ? []
        : [whole(input, "It has no setting of the client.", "the object that the client is given")];
    default:
      return [];
  }
}

function isJudged({ beans, clients, topics }: ReadSource): boolean {
  return beans.length + clients.length + topics.length > 0;
}

function silentSource(input: Text): NotJudged {
  const own = /\bnew\s+Kafka(Producer|Consumer)\b|\bKafka(Producer|Consumer)\s*[<(]/.exec(input.text);
  return whole(
    input,
    own === null
      ? "It has no bean of a ProducerFactory, ConsumerFactory or KafkaTemplate, and no topic."
      : `It makes a Kafka${own[1] ?? own[2]} from settings that are not written in a bean of Spring, and ` +
          `these ` +
          "are not read.",
    "the client's settings as a .properties file",
  );
}

const STREAM = /^spring\.cloud\.(stream|function)\./;

function silentSpring(input: Text, keys: readonly SpringKey[]): NotJudged[] {
  const leaves = /\.ya?ml$/i.test(input.file) ? leavesOfYaml(input).flat() : leavesOfProperties(input);
  const stream = leaves.find(({ path }) => STREAM.test(path) && /kafka/.test(path));
  const own = keys.filter(({ location }) => location.file === input.file);
  if (stream !== undefined)
    return [
      {
        setting: {
          key: stream.path,
          written: stream.path,
          value: stream.value,
          origin: "file",
          location: stream.location,
        },
        why: "Settings of Spring Cloud Stream's binder are not read; they override those of spring.kafka.",
        fix:
          "the client's settings as a .properties file, for instance from the log of ProducerConfig " +
          "values",
      },
    ];
  return own.length > 0
    ? []
    : [
        whole(
          input,
          "It has no key below spring.kafka.",
          "the file that has them, or the source of the factories",
        ),
      ];
}

function whole({ file }: Text, why: string, fix: string): NotJudged {
  const setting: Setting = {
    key: "file",
    written: "file",
    value: file,
    origin: "file",
    location: { file, line: 1, column: 1 },
  };
  return { setting, why, fix: `give ${fix}` };
}
