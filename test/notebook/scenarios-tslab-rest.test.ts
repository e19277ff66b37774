// The notebooks of consumers and of elections in tslab.

import { CONSUMERS, testScenarios } from "./scenario.ts";

testScenarios("tslab", (name) => CONSUMERS.test(name));
