// Compose files: predicted, diagnosed, and laid out for brokers that never start.

import { COMPOSE_FINDS } from "./finds/compose.ts";
import { composeInput, composeJob } from "./give/compose.ts";
import { hold } from "./hold.ts";

hold({ name: "compose files", values: composeInput, job: composeJob, runs: 300, finds: COMPOSE_FINDS });
