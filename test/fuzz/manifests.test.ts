// Manifests, and settings of Kafka Connect and Kafka Streams.

import { MANIFEST_FINDS } from "./finds/manifest.ts";
import { manifestInput, manifestJob } from "./give/manifest.ts";
import { hold } from "./hold.ts";

hold({ name: "manifests", values: manifestInput, job: manifestJob, runs: 300, finds: MANIFEST_FINDS });
