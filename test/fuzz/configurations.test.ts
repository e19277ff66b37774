// Configurations of brokers and clients, diagnosed and predicted from.

import { CONFIGURATION_FINDS } from "./finds/configuration.ts";
import { configurationInput, configurationJob } from "./give/configuration.ts";
import { hold } from "./hold.ts";

hold({
  name: "configurations",
  values: configurationInput,
  job: configurationJob,
  runs: 1500,
  finds: CONFIGURATION_FINDS,
});
