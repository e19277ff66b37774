// Every notebook in tslab but those of consumers, elections and disks: scenarios-tslab-rest.test.ts.

import { NIGHTLY, testScenarios } from "./scenario.ts";

testScenarios("tslab", (name) => !NIGHTLY.test(name));
