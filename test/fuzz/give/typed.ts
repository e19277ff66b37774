// Settings with a text that Kafka's own parser refuses (ConfigDef.parseType): somebody has to say so.

import fc from "fast-check";
import type { Job } from "../job.ts";
import { configurationJob } from "./configuration.ts";

export interface TypedInput {
  readonly name: string;
  readonly value: string;
  readonly target: "predict" | "diagnose" | "diagnose server.properties";
}

const TYPES: Readonly<Record<string, "number" | "boolean">> = {
  "broker.session.timeout.ms": "number",
  "broker.heartbeat.interval.ms": "number",
  "min.insync.replicas": "number",
  "default.replication.factor": "number",
  "replica.lag.time.max.ms": "number",
  "controller.quorum.fetch.timeout.ms": "number",
  "controller.quorum.election.timeout.ms": "number",
  "unclean.leader.election.enable": "boolean",
  "node.id": "number",
};
const REFUSED = {
  number: ["ten", "", "0x10", "5s", "1e20", "1.5", "yes", "1_000", "99999999999999999999999999"],
  boolean: ["yes", "1", "0", "on", ""],
} as const;

export const typedInput: fc.Arbitrary<TypedInput> = fc.constantFrom(...Object.keys(TYPES)).chain((name) =>
  fc.record({
    name: fc.constant(name),
    value: fc.constantFrom<string>(...REFUSED[TYPES[name]!]),
    target: fc.constantFrom("predict", "diagnose", "diagnose server.properties"),
  }),
);

export function typedJob({ name, value, target }: TypedInput): Job {
  const isCompose = target !== "diagnose server.properties";
  const job = configurationJob({ form: isCompose ? "compose" : "server", settings: [[name, value]] });
  const variable = `KAFKA_${name.toUpperCase().replaceAll(".", "_")}`;
  return { ...job, target: target === "predict" ? "predict" : "diagnose", mentions: [name, variable] };
}
