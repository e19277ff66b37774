// What a fix leaves starts: every rule of the list on every image and version of it.

import { suite } from "uvu";
import { BROKEN } from "../live/fix-inputs.ts";
import { servesWhenFixed } from "../live/fixed.ts";

const test = suite("fixes");

for (const input of BROKEN) test(`${input.name}: the fixed file serves`, () => servesWhenFixed(input));
test.run();
