// A rule's fix, made in an input in which the rule fires.

import {
  applyEdits,
  diagnose,
  type DiagnoseInput,
  type DiagnoseOptions,
} from "../../../sdk/analysis/diagnose/mod.ts";

type Files = Readonly<Record<string, string>>;

/** Rules whose fix is a reader's, in all files or in some, and why. */
export const FOR_READERS: Readonly<Record<string, { readonly why: string; readonly files?: RegExp }>> = {
  "configuration-elsewhere": { why: "the file is not there" },
  "not-judged": { why: "the file is not there" },
  "spring-own-factory": { why: "a source file" },
  "zookeeper-mode": { why: "a migration" },
  "zookeeper-with-kafka-4": { why: "a migration" },
  "topic-name": { why: "the name is the reader's" },
  "kafkajs-idempotent-loses": { why: "the calls are in a source file" },
  "retries-reorder": { why: "the calls are in a source file", files: /^kafkajs/ },
  "poll-loop-too-slow": { why: "the handler is in a source file", files: /^kafkajs/ },
  "refused-value": { why: "Kafka's default is not what a field of Spring has", files: /^application/ },
  // of the other nodes of a server.properties nothing is known but what it says itself
  "two-voters": { why: "a node that is not there", files: /^server/ },
  "even-voters": { why: "a node that is not there", files: /^server/ },
  "controller-not-a-voter": { why: "the other nodes have the list, too", files: /^server/ },
  "no-voters": { why: "hosts that are not known", files: /^server/ },
  "unreadable-voters": { why: "hosts that are not known", files: /^server/ },
  // credentials, certificates and files are the reader's, as is who may do what
  "scram-on-controller-listener": { why: "credentials" },
  "sasl-without-jaas": { why: "credentials" },
  "jaas-entry-ignored": { why: "credentials" },
  "plain-without-tls": { why: "certificates" },
  "tls-without-certificate": { why: "certificates" },
  "server-name-not-checked": { why: "certificates" },
  "client-without-certificate": { why: "certificates" },
  "client-protocol-differs": { why: "credentials or certificates" },
  "secret-file-not-mounted": { why: "a file that is not there" },
  "everyone-allowed": { why: "ACLs" },
  "connect-security-without-prefix": { why: "credentials" },
  "connect-missing-setting": { why: "a name or a class that is the reader's" },
  "streams-missing-setting": { why: "a name or an address that is the reader's" },
  // several files have the address, and clients may, too
  "port-of-another-node": { why: "the others that dial it" },
  "advertised-twice": { why: "an address that is not known" },
  // in manifests
  "undefined-reference": { why: "a value that is not known" },
  "data-in-pod": { why: "a volume's size and class" },
  "shared-data-volume": { why: "a volume's size and class, and the data" },
  "brokers-in-a-deployment": { why: "another kind of resource, with other names" },
  "brokers-on-one-machine": { why: "how many machines there are" },
  "no-disruption-budget": { why: "a resource that another file may have" },
  "strimzi-forbidden-setting": { why: "what it was meant for" },
  "strimzi-no-controllers": { why: "another file may have the pool" },
  "user-without-authorization": { why: "ACLs" },
  "user-without-listener": { why: "the clients have to change with it" },
  "one-bootstrap-server": { why: "hosts that are not known", files: /^producer/ },
};

/** Rules whose fix is a reader's in some cases: for those that have edits, these must mend them. */
export const PARTLY_FOR_READERS: ReadonlySet<string> = new Set([
  "ssl-store-refused", // a file or a password
  "client-store-refused", // the same
  "refused-listener-value", // Kafka has no default for it
  "brokers-not-authorized", // a name of a certificate
  "connector-topics", // names of topics
  "assignors-not-in-common", // kafkajs has no assignor of the others'
  "controller-address", // every node's list
  "voters-differ", // which list is right is not known
]);

/** Why a case has no edits, or undefined where it must have some. */
export function whyNone(rule: string, files: Files): string | undefined {
  const found = FOR_READERS[rule];
  if (found?.files === undefined) return found?.why;
  return Object.keys(files).every((file) => found.files!.test(file)) ? found.why : undefined;
}

const inputsOf = (files: Files): DiagnoseInput[] =>
  Object.entries(files).map(([file, text]) => ({ file, text }));

interface Outcome {
  readonly edits: number;
  readonly skipped: readonly string[];
  /** Whether the case's rule still fires. */
  readonly isThere: boolean;
  readonly added: readonly string[];
  readonly texts: readonly string[];
}

/** What the fixes of a rule come to in files in which it fires. */
export function fixed(rule: string, files: Files, options: DiagnoseOptions | undefined): Outcome {
  const inputs = inputsOf(files);
  const before = diagnose(inputs, options);
  const edits = before.filter((finding) => finding.rule === rule).flatMap((finding) => finding.edits);
  const { files: edited, skipped } = applyEdits(inputs, edits);
  const after = diagnose(
    inputs.map((input) => ({
      ...input,
      text: edited.find(({ file }) => file === input.file)?.text ?? input.text,
    })),
    options,
  );
  const known = new Set(before.map((finding) => finding.rule));
  return {
    edits: edits.length,
    skipped: skipped.map(({ edit, why }) => `${edit.action} in ${edit.file}:${edit.line}: ${why}`),
    isThere: after.some((finding) => finding.rule === rule),
    added: after.filter((finding) => !known.has(finding.rule)).map((finding) => finding.rule),
    texts: edited.map(({ text }) => text),
  };
}
