// The notebooks of consumers in tslab.

import { CONSUMERS, testScenarios } from "./scenario.ts";

testScenarios("tslab", (name) => CONSUMERS.test(name));
