// Every notebook in Deno's kernel.

import { testScenarios } from "./scenario.ts";

testScenarios("deno");
