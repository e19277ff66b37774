// Configurations that once did harm.

import type { ConfigurationInput } from "../give/configuration.ts";
import type { Find } from "../hold.ts";

export const CONFIGURATION_FINDS: readonly Find<ConfigurationInput>[] = [
  {
    what: "50,000 keys of a server.properties",
    value: {
      form: "server",
      settings: [],
      text: ["process.roles=broker\n", { repeat: "key.#=x\n", times: 50_000 }],
    },
  },
  {
    what: "50,000 keys of a Spring file",
    value: {
      form: "spring",
      settings: [],
      text: ["spring:\n  kafka:\n    properties:\n", { repeat: "      key.#: x\n", times: 50_000 }],
    },
  },
  {
    what: "a Spring file of aliases within aliases",
    value: {
      form: "spring",
      settings: [],
      text: [
        "spring: { kafka: { client-id: x } }\nx: &a0 [x]\n",
        { repeat: "x#: &b# [*a0, *a0, *a0, *a0]\n", times: 20_000 },
      ],
    },
  },
];
