// The short notebooks in Deno's kernel; the others: scenarios-deno-rest.test.ts.

import { LONG, testScenarios } from "./scenario.ts";

testScenarios("deno", (name) => !LONG.test(name));
