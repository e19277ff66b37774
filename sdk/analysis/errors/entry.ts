// What the lab knows of one error: how it is recognised, what it means, and how to distinguish its causes.

import type { BuiltInFault } from "../../model/fault.ts";

/** Who writes such a line. */
export type ErrorFamily =
  | "broker code"
  | "java client"
  | "spring"
  | "kafkajs"
  | "librdkafka"
  | "kafka-python"
  | "sarama"
  | "broker log"
  | "start";

/** One cause of an error, and how to distinguish it from the others. */
export interface KafkaErrorCause {
  /** A sentence. */
  readonly because: string;
  /** The settings that make it, as Kafka or the client spells them. */
  readonly settings?: readonly string[];
  /** The faults of the lab that make it. */
  readonly faults?: readonly BuiltInFault[];
  /** The rules of `diagnose` that find it in a configuration. */
  readonly rules?: readonly string[];
  /** A command that shows it: of the lab, of Kafka, or of a shell. Words in capitals are the reader's. */
  readonly check?: string;
}

/** An error that the lab knows. */
export interface ErrorEntry {
  /** In kebab-case, the same in every version of the lab. */
  readonly id: string;
  readonly family: ErrorFamily;
  /** The error's name, as its program writes it. */
  readonly title: string;
  /** Kafka's error code, where it is one. */
  readonly code?: number;
  /** What its lines contain: text as it is written, with `…` for whatever is between (pattern.ts). */
  readonly patterns: readonly string[];
  /** What it means: one or two sentences. */
  readonly means: string;
  /** The most frequent cause first. */
  readonly causes: readonly KafkaErrorCause[];
  /** The scenario that shows it, with its options: `01-broker-stops --how kill`. */
  readonly shownBy?: string;
  /** Where this is decided: a file of the project, a KIP or an issue. */
  readonly source: string;
  /** True for what only carries another error: the other one is explained, if it is known. */
  readonly isWrapper?: true;
}

/** An entry as its file writes it: the file is the family. */
export type Entry = Omit<ErrorEntry, "family">;
