// Manifests that once did harm.

import type { ManifestInput } from "../give/manifest.ts";
import type { Find } from "../hold.ts";

const input = { settings: [], keys: [], how: "diagnose" } as const;
const SET =
  "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: { name: kafka }\nspec:\n  template:\n    spec:\n" +
  "      containers:\n      - image: apache/kafka:3.9.2\n        env:\n" +
  "        - { name: KAFKA_A, value: xxxxxxxx }\n";

export const MANIFEST_FINDS: readonly Find<ManifestInput>[] = [
  {
    what: "a script whose variable is twice itself, again and again",
    value: {
      ...input,
      form: "pods",
      text: [`${SET}        command: [sh, -c, '`, { repeat: "KAFKA_A=$KAFKA_A$KAFKA_A ", times: 60 }, "']\n"],
    },
  },
  {
    what: "a variable that is twice itself, again and again",
    value: {
      ...input,
      form: "pods",
      text: [SET, { repeat: "        - { name: KAFKA_A, value: $(KAFKA_A)$(KAFKA_A) }\n", times: 60 }],
    },
  },
  {
    what: "20,000 settings of clients in a connector",
    value: {
      ...input,
      form: "connector",
      text: [
        '{"name":"a","config":{"connector.class":"x"',
        { repeat: ',"consumer.override.k{n}":"v"', times: 20_000 },
        "}}",
      ],
    },
  },
];
