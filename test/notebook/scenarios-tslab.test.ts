// Every notebook in tslab.

import { testScenarios } from "./scenario.ts";

testScenarios("tslab");
