// Notebooks in tslab, but those beside it: scenarios-tslab-long.test.ts, and scenarios-tslab-rest.test.ts for
// those of consumers, elections and disks.

import { DELAYS, NIGHTLY, testScenarios } from "./scenario.ts";

testScenarios("tslab", (name) => !NIGHTLY.test(name) && !DELAYS.test(name));
