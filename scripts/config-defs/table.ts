// Turns what ConfigDefs.java writes into the table of sdk/kafka/definitions.json: one line a setting, and two
// definitions only where the versions differ.

import type {
  Definition,
  SettingKind as Kind,
  SettingRule as Rule,
  SettingTable as Table,
} from "@kafka-failure-lab/sdk/testing";

/** One line of `ConfigDefs.java table`. */
interface Row {
  readonly kind: Kind;
  readonly name: string;
  readonly type: Definition["type"];
  readonly default?: string;
  readonly validator?: string;
  readonly says?: string;
  readonly min?: string;
  readonly max?: string;
  readonly validStrings?: readonly string[];
  readonly isEmptyAllowed?: boolean;
}

/** Validators whose fields do not say what they check; sdk/kafka/rules.ts has each in TypeScript. */
const RULES: Readonly<Record<string, Rule>> = {
  ApplicationServerConfigValidator: "unchecked",
  AutoOffsetResetStrategy$Validator: "offset-reset",
  CompressionType$1$1: "gzip-level",
  ConfigDef$CompositeValidator: "unchecked",
  ConfigDef$ListSize: "unchecked",
  ConfigDef$NonEmptyStringWithoutControlChars: "unchecked",
  ConnectorConfig$PluginVersionValidator: "unchecked",
  MetadataVersionValidator: "metadata-version",
  QuorumConfig$ControllerQuorumBootstrapServersValidator: "controllers",
  QuorumConfig$ControllerQuorumVotersValidator: "voters",
  RegexValidator: "unchecked",
  RestServerConfig$AdminListenersValidator: "unchecked",
  RestServerConfig$ListenersValidator: "unchecked",
  RestServerConfig$ResponseHttpHeadersValidator: "unchecked",
  ShareAcknowledgementMode$Validator: "share-acknowledgement",
  ShareAcquireMode$Validator: "share-acquire",
  StreamsConfig$1: "unchecked",
  ThrottledReplicaListValidator: "throttled-replicas",
};

/** Lambdas have no name: they are distinguished by their own text. */
const LAMBDAS: Readonly<Record<string, Rule>> = {
  "[1,...,9] or -1": "gzip-level",
  "The default value of -1 means": "thread-pool",
  "Positive number not larger than the number of brokers": "replication-factor",
  "Positive number, or -1": "partitions",
  "[eager, compatible, sessioned]": "connect-protocol",
  "[all, none, reuse": "unchecked",
  Any: "unchecked",
  "A list of one or more MAC algorithms": "unchecked",
  "[0,...]": "unchecked",
};

/**
 * Puts the definitions of several versions together.
 *
 * @throws Error for a validator that is not known here
 */
export function tableOf(versions: Readonly<Record<string, string>>): Table {
  const names = Object.keys(versions);
  const settings: Record<string, Record<string, (Definition | null)[]>> = {};
  for (const [index, text] of Object.values(versions).entries())
    for (const line of text.trim().split("\n")) {
      const row = JSON.parse(line) as Row;
      const found = ((settings[row.kind] ??= {})[row.name] ??= names.map(() => null));
      found[index] = definitionOf(row);
    }
  return {
    versions: names,
    settings: Object.fromEntries(
      Object.entries(settings).map(([kind, all]) => [
        kind,
        Object.fromEntries(
          Object.entries(all)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([name, each]) => [name, merged(each)]),
        ),
      ]),
    ) as Table["settings"],
  };
}

/** One line a setting, so that a change of one setting is a change of one line. */
export function layOut({ versions, settings }: Table): string {
  const kinds = Object.entries(settings).map(([kind, all]) => {
    const rows = Object.entries(all).map(
      ([name, each]) => `    ${JSON.stringify(name)}: ${JSON.stringify(each)}`,
    );
    return `  ${JSON.stringify(kind)}: {\n${rows.join(",\n")}\n  }`;
  });
  return `{ "versions": ${JSON.stringify(versions)}, "settings": {\n${kinds.join(",\n")}\n} }\n`;
}

function merged(each: readonly (Definition | null)[]): Definition | readonly (Definition | null)[] {
  const [first] = each;
  return first != null && each.every((one) => JSON.stringify(one) === JSON.stringify(first)) ? first : each;
}

function definitionOf(row: Row): Definition {
  const { type, default: standard } = row;
  return { type, ...(standard !== undefined && { default: standard }), ...validOf(row) };
}

function validOf({
  name,
  validator,
  says = "",
  min,
  max,
  validStrings,
  isEmptyAllowed,
}: Row): Partial<Definition> {
  switch (validator) {
    case undefined:
    case "ConfigDef$NonNullValidator": // a value from a file is never null
      return {};
    case "ConfigDef$Range":
      return { range: [min ?? null, max ?? null] };
    case "ConfigDef$ValidString":
      // a value from a file is never null
      return { in: (validStrings ?? []).filter((one) => one !== "null") };
    case "ConfigDef$CaseInsensitiveValidString":
      return { in: says.replace(/^.*\[|\]$/g, "").split(", "), anyCase: true };
    case "ConfigDef$NonEmptyString":
      return { nonEmpty: true };
    case "ConfigDef$ValidList":
      return {
        ...(validStrings?.length && { in: validStrings }),
        ...(isEmptyAllowed !== undefined && {
          distinct: true,
          ...(!isEmptyAllowed && { nonEmpty: true as const }),
        }),
      };
    default: {
      const rule =
        RULES[validator] ??
        Object.entries(LAMBDAS).find(
          ([start]) => validator === "ConfigDef$LambdaValidator" && says.startsWith(start),
        )?.[1];
      if (rule === undefined)
        throw new Error(`Cannot write down ${name}: the validator ${validator} is not known`);
      return { rule, ...(rule === "metadata-version" && { in: says.replace(/^\[|\]$/g, "").split(", ") }) };
    }
  }
}
