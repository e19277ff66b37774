// What keeps kafkajs's consumer from starting.

import type { Entry } from "../entry.ts";

const DIAGNOSE_KAFKAJS = "npm run diagnose -- compose.yml kafkajs.json";

export const KAFKAJS_CONSUMER_ERRORS: readonly Entry[] = [
  {
    id: "kafkajs-heartbeat-too-long",
    title: "Consumer heartbeatInterval (…) must be lower than sessionTimeout (…)",
    patterns: ["Consumer heartbeatInterval (…) must be lower than sessionTimeout"],
    means: "The consumer is not made: its session would end before the next heartbeat.",
    causes: [
      {
        because: "sessionTimeout was made shorter and heartbeatInterval (3 s by default) was not.",
        settings: ["heartbeatInterval", "sessionTimeout"],
        rules: ["heartbeat-not-below-session"],
        check: DIAGNOSE_KAFKAJS,
      },
    ],
    source: "tulios/kafkajs src/consumer/index.js",
  },
  {
    id: "kafkajs-group-id-empty",
    title: "Consumer groupId must be a non-empty string.",
    patterns: ["Consumer groupId must be a non-empty string"],
    means: "The consumer is not made: kafkajs has none without a group.",
    causes: [
      {
        because: "groupId is missing or empty, often a variable without a value.",
        settings: ["groupId"],
        rules: ["group-id-missing"],
        check: DIAGNOSE_KAFKAJS,
      },
    ],
    source: "tulios/kafkajs src/consumer/index.js",
  },
];
