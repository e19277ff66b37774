// A program that does what each local start begins with; unlike `npm run clean` it leaves kept labs alone.

import { sweep } from "../../sdk/runtime/sweep.ts";

const { done, left } = sweep();
console.log([...done, ...left].join("\n"));
