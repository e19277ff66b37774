// Beans of Java and Kotlin sources that take the place of Spring Boot's own, and the settings that they write
// down. Source: KafkaAutoConfiguration: kafkaTemplate, kafkaProducerFactory and kafkaConsumerFactory are
// @ConditionalOnMissingBean.

import { firstIndex } from "../../../model/first-index.ts";
import type { Bean, Client, SpringKey } from "../facts.ts";
import { JAVA_DEFAULTS } from "../known/clients.ts";
import { canonical } from "../known/spring.ts";
import { type Location, type Setting, settings } from "../setting.ts";
import type { Text } from "./flat.ts";

/** Beans and clients of a source file, as far as their text tells. */
export interface ReadSource {
  readonly beans: readonly Bean[];
  readonly clients: readonly Client[];
  readonly topics: readonly Setting[];
}

/**
 * Reads a source file by its text; it is not compiled, so what is built in other ways is not seen. `keys` are
 * those of the application files, which a bean may read by `@Value`.
 */
export function readSource({ file, text: raw }: Text, keys: readonly SpringKey[] = []): ReadSource {
  const text = withoutComments(raw);
  const locate = locator(file, text);
  const values = valuesIn(text, keys, locate);
  const usesSpringsProperties =
    /build(Producer|Consumer)Properties\s*\(|(?<!import[^;\n]{0,100})\bKafkaProperties\b/.test(text);
  const beans = beansIn(text).map(
    ({ what, offset }): Bean => ({
      role: /Consumer/.test(what) ? "consumer" : "producer",
      what,
      location: locate(offset),
      usesSpringsProperties,
      reads: [...values.values()].map(({ written }) => written),
    }),
  );
  const given = [...text.matchAll(PUT)].flatMap((match) => givenBy(match, values, locate));
  const roles = (["producer", "consumer"] as const).filter((role) =>
    beans.some((bean) => bean.role === role && !bean.usesSpringsProperties),
  );
  return {
    beans,
    topics: [...text.matchAll(TOPIC)].map((match) => ({
      key: "topic",
      written: "topic",
      value: match[1]!,
      origin: "file",
      location: locate(match.index! + match[0].lastIndexOf(match[1]!)),
    })),
    clients: roles.map((role) =>
      clientOf(
        role,
        file,
        given.filter(({ side }) => roles.length === 1 || side === "" || side.toLowerCase() === role),
        beans,
      ),
    ),
  };
}

/** Whether a bean makes clients, and not only sends by those of another. */
export function isFactory({ what }: Bean): boolean {
  return /^(Producer|Consumer)Factory$/.test(what);
}

type Given = Setting & { readonly side: string };

/**
 * A setting that is put into a map: a literal, a key of an application file, or what only the program
 * knows.
 */
function givenBy(
  match: RegExpMatchArray,
  values: ReadonlyMap<string, Placeholder>,
  locate: (offset: number) => Location,
): Given[] {
  const { constant, literal, side = "", value = "", name } = match.groups!;
  const written = constant ?? literal!;
  const setting: Given = {
    key: propertyOf(match.groups!),
    written,
    value: value.replace(/^"|"$/g, "").replace(/[lL_]/g, (letter) => (/^\d/.test(value) ? "" : letter)),
    origin: "file",
    location: locate(match.index! + match[0].indexOf(written)),
    side,
  };
  if (name === undefined) return [setting];
  const placeholder = values.get(name.replace(/^this\./, ""));
  if (placeholder !== undefined) return [{ ...setting, ...placeholder }];
  // a name of Kafka's whose value is a variable is set, to what is not known
  return constant !== undefined || literal!.includes(".") ? [{ ...setting, value: `\${${name}}` }] : [];
}

/** Where a placeholder's value is, and what it is. */
type Placeholder = Pick<Setting, "written" | "value" | "location">;

// `@Value("${key:default}") private String name;`, the same of a parameter, and Kotlin's
// `@Value("\${key}") lateinit var name: String`.
const VALUE = new RegExp(
  [
    /@Value\s*\(\s*(?:value\s*=\s*)?"\\?\$\{(?<path>[\w.[\]-]{1,200})/,
    /(?::(?<standard>[^}"\n]{0,200}))?\}"\s*\)(?<rest>[^;,(){}=]{0,200})/,
  ]
    .map(({ source }) => source)
    .join(""),
  "g",
);

/** The fields and parameters that hold a key of an application file. */
function valuesIn(
  text: string,
  keys: readonly SpringKey[],
  locate: (offset: number) => Location,
): ReadonlyMap<string, Placeholder> {
  const known = new Map(keys.map((key) => [canonical(key.path), key]));
  return new Map(
    [...text.matchAll(VALUE)].flatMap(({ groups, index }) => {
      const { path = "", standard, rest = "" } = groups!;
      const [, kotlin] = /\b(?:val|var)\s+(\w+)/.exec(rest) ?? /(\w+)\s*:/.exec(rest) ?? [];
      const name = kotlin ?? /(\w+)\s*$/.exec(rest)?.[1];
      const key = known.get(canonical(path));
      if (name === undefined) return [];
      const placeholder: Placeholder = {
        written: key?.path ?? path,
        value: key?.value ?? standard ?? `\${${path}}`,
        location: key?.location ?? locate(index),
      };
      return [[name, placeholder] as const];
    }),
  );
}

// A bean's method, up to its body or its value: its type comes before its name in Java, after it in Kotlin.
function beansIn(text: string): { what: string; offset: number }[] {
  return [...text.matchAll(/[^;{}=]*(?:[;{}=]|$)/g)].flatMap(({ 0: head, index }) => {
    const bean = /[{=]$/.test(head.slice(-1)) ? head.search(/@Bean\b/) : -1;
    if (bean === -1) return [];
    const found = /\b(ProducerFactory|ConsumerFactory|KafkaTemplate)\s*</.exec(head.slice(bean));
    return found === null ? [] : [{ what: found[1]!, offset: index + bean + found.index }];
  });
}

function locator(file: string, text: string): (offset: number) => Location {
  const starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  return (offset) => {
    const line = firstIndex(starts.length, (i) => starts[i]! > offset);
    return { file, line, column: offset - starts[line - 1]! + 1 };
  };
}

// `put(ProducerConfig.ACKS_CONFIG, "all")`, `"acks" to "all"`: a name, then a literal value.
const PUT = new RegExp(
  [
    /(?:(?<side>Producer|Consumer)Config\.|CommonClientConfigs\.)?/,
    /(?:(?<constant>(?<=Config\.|Configs\.)[A-Z_]+)|(?=")(?<=\(\s*)"(?<literal>[a-z][a-z0-9.]+)")/,
    /\s*(?:,|to)\s*(?:(?<value>"[^"]*"|[\d_]+[lL]?|true\b|false\b)|(?<name>(?:this\.)?[a-z]\w*)(?![\w.(]))/,
  ]
    .map(({ source }) => source)
    .join(""),
  "g",
);

// A topic's name where Spring's annotations, TopicBuilder and Kafka's own classes take one.
const TOPIC = new RegExp(
  `(?:${[
    /@KafkaListener\s*\((?:[^()"]|"[^"\n]{0,300}"){0,500}?\btopics\s*=\s*[{[]?/,
    /\bNewTopic\s*\(/,
    /\bTopicBuilder\s*\.\s*name\s*\(/,
    /\bProducerRecord\s*(?:<[^()\n]{0,200}>)?\s*\(/,
  ]
    .map(({ source }) => source)
    .join("|")})\\s*"([^"\\n]*)"`,
  "g",
);

/** The names of constants that are not their property with other separators. */
const ODD: Readonly<Record<string, string>> = {
  METADATA_MAX_AGE: "metadata.max.age.ms",
  METADATA_MAX_IDLE: "metadata.max.idle.ms",
  KEY_SERIALIZER_CLASS: "key.serializer",
  VALUE_SERIALIZER_CLASS: "value.serializer",
  KEY_DESERIALIZER_CLASS: "key.deserializer",
  VALUE_DESERIALIZER_CLASS: "value.deserializer",
  MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION: "max.in.flight.requests.per.connection",
};

function propertyOf({ constant, literal }: Record<string, string | undefined>): string {
  if (constant === undefined) return literal ?? "";
  const name = constant.replace(/_(CONFIG|DOC)$/, "");
  return ODD[name] ?? name.toLowerCase().replaceAll("_", ".");
}

function clientOf(
  role: Client["role"],
  file: string,
  given: readonly Setting[],
  beans: readonly Bean[],
): Client {
  const location = beans.find((bean) => bean.role === role)?.location ?? { file, line: 1, column: 1 };
  const side = role === "producer" ? "ProducerConfig" : "ConsumerConfig";
  const placeOf = (key: string): string =>
    given.findLast((setting) => setting.key === key)?.location.file ?? file;
  const isElsewhere = (key: string): boolean => placeOf(key) !== file;
  const spellKey = (key: string): string => `${side}.${key.toUpperCase().replaceAll(".", "_")}_CONFIG`;
  return {
    kind: "java",
    role,
    isSpring: false,
    settings: settings({
      label: `the ${role} of the bean`,
      given,
      location,
      defaults: JAVA_DEFAULTS,
      kind: role,
      isSource: true,
      spellKey,
      // what comes from an application file is mended there
      spell: (key, value, written) =>
        isElsewhere(key)
          ? `${written}${/\.properties$/i.test(placeOf(key)) ? "=" : ": "}${value}`
          : `props.put(${spellKey(key)}, ${JSON.stringify(value)})`,
    }),
  };
}

// Comments become blanks, so that places stay; what is in quotes may look like one. What is not closed ends
// with its line, or with the file: to look for its end again from each later quote would take hours.
function withoutComments(text: string): string {
  return text.replace(/'(?:\\.|[^'\\\n])'|"(?:\\.|[^"\\\n])*"?|\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)/g, (found) =>
    found.startsWith("/") ? found.replace(/[^\n]/g, " ") : found,
  );
}
