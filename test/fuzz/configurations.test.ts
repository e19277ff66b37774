// Configurations of brokers and clients, diagnosed and predicted from.

import { CONFIGURATION_FINDS, TYPED_FINDS } from "./finds/configuration.ts";
import { configurationInput, configurationJob } from "./give/configuration.ts";
import { typedInput, typedJob } from "./give/typed.ts";
import { hold } from "./hold.ts";

hold(
  {
    name: "configurations",
    values: configurationInput,
    job: configurationJob,
    runs: 500,
    finds: CONFIGURATION_FINDS,
  },
  { name: "settings that Kafka refuses", values: typedInput, job: typedJob, runs: 120, finds: TYPED_FINDS },
);
