// What a fix leaves starts: three of the files that the nightly lane starts all of.

import process from "node:process";
import { suite } from "uvu";
import { SAMPLE } from "./fix-inputs.ts";
import { servesWhenFixed } from "./fixed.ts";

const test = suite("fixes");
// the others are images that no other test of this engine has
const inputs = process.env["LAB_ENGINE"] === "docker" ? SAMPLE.slice(0, 1) : SAMPLE;

for (const input of inputs) test(`${input.name}: the fixed file serves`, () => servesWhenFixed(input));
test.run();
