// The longest notebooks of the gate in tslab: two files are executed side by side.

import { DELAYS, testScenarios } from "./scenario.ts";

testScenarios("tslab", (name) => DELAYS.test(name));
