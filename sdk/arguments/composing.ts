// Compose files that are read without a cluster: the function with what it takes.
// What a function does is documented where it is made.

import * as v from "valibot";
import * as reading from "../lab/read-compose.ts";
import { fields, maybe } from "./checked.ts";
import { guarded } from "./guard.ts";
import * as is from "./values.ts";

export const readCompose: typeof reading.readCompose = guarded("readCompose", reading.readCompose, [
  maybe("files", is.listOf(is.path, "a list of compose files")),
  maybe(
    "options",
    fields<reading.ReadComposeOptions>({
      env: v.record(v.string(), v.optional(v.string("text")), "an object of names and text"),
      cwd: is.path,
      properties: is.properties,
    }),
  ),
]);
