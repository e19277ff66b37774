// Compose files that are read without a cluster: the function with what it takes.
// The doc comments here are the public ones: editors and declaration files show them.

import * as v from "valibot";
import * as reading from "../lab/read-compose.ts";
import { fields, maybe } from "./checked.ts";
import { guarded } from "./guard.ts";
import * as is from "./values.ts";

/**
 * Reads compose files, merged in order as `docker compose -f a -f b` does, for `fromCompose()`.
 *
 * @param files paths, or names of the lab's own files such as `"as-posted"`; @default ["three-brokers"]
 * @throws TypeError, RangeError for a wrong argument
 * @throws LabError BAD_COMPOSE, with file and line, for a file that cannot be read or parsed; UNSUPPORTED
 *   for a key that the lab refuses
 * @example
 * import { readCompose } from "kafka-failure-lab";
 *
 * const project = readCompose(["three-brokers"]); // or ["./docker-compose.yml"]
 * console.log(project.services.map(({ service }) => service)); // [ 'kafka-1', 'kafka-2', 'kafka-3' ]
 */
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
