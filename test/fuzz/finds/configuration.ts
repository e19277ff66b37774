// Configurations that once did harm.

import type { ConfigurationInput } from "../give/configuration.ts";
import type { TypedInput } from "../give/typed.ts";
import type { Find } from "../hold.ts";

export const CONFIGURATION_FINDS: readonly Find<ConfigurationInput>[] = [
  {
    what: "50,000 keys of a server.properties",
    value: {
      form: "server",
      settings: [],
      text: ["process.roles=broker\n", { repeat: "key.{n}=x\n", times: 50_000 }],
    },
  },
  {
    what: "36,000 keys that are as long as those that Kafka knows",
    value: {
      form: "server",
      settings: [],
      text: ["process.roles=broker\n", { repeat: "listener.name.a{n}.x=1\n", times: 36_000 }],
    },
  },
  {
    what: "50,000 keys of a Spring file",
    value: {
      form: "spring",
      settings: [],
      text: ["spring:\n  kafka:\n    properties:\n", { repeat: "      key.{n}: x\n", times: 50_000 }],
    },
  },
  {
    what: "a Spring file of aliases within aliases",
    value: {
      form: "spring",
      settings: [],
      text: [
        "spring: { kafka: { client-id: x } }\nx: &a0 [x]\n",
        { repeat: "x{n}: &b{n} [*a0, *a0, *a0, *a0]\n", times: 20_000 },
      ],
    },
  },
  {
    what: "a bootstrap address without a port",
    value: {
      form: "librdkafka",
      settings: [
        ["metadata.broker.list", { a: "a" }],
        ["acks", "0"],
      ],
    },
  },
  {
    what: "bytes that are no text",
    value: { form: "kafkajs", settings: [["brokers", "a"]], spoiled: "binary" },
  },
  {
    what: "a value that a terminal obeys",
    value: {
      form: "librdkafka",
      settings: [
        ["metadata.broker.list", "a:1"],
        ["enable.idempotence", "\u009b31m"],
      ],
    },
  },
];

export const TYPED_FINDS: readonly Find<TypedInput>[] = (
  [
    ["broker.session.timeout.ms", "ten", "predict"],
    ["broker.session.timeout.ms", "1e20", "diagnose"],
    ["min.insync.replicas", "two", "predict"],
    ["unclean.leader.election.enable", "yes", "predict"],
    ["node.id", "", "diagnose"],
    ["node.id", "2147483648", "predict"],
  ] as const
).map(([name, value, target]) => ({
  what: `${name}=${value} is taken by ${target}`,
  value: { name, value, target },
}));
