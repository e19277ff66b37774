// The long notebooks in Deno's kernel.

import { LONG, testScenarios } from "./scenario.ts";

testScenarios("deno", (name) => LONG.test(name));
