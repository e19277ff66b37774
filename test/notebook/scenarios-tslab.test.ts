// Every notebook in tslab but those of consumers: scenarios-tslab-rest.test.ts.

import { CONSUMERS, testScenarios } from "./scenario.ts";

testScenarios("tslab", (name) => !CONSUMERS.test(name));
