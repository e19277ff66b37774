// The notebooks of consumers, elections and disks in tslab.

import { NIGHTLY, testScenarios } from "./scenario.ts";

testScenarios("tslab", (name) => NIGHTLY.test(name));
