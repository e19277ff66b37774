// What checkers over probes and over consumer groups are asked for alike.

import { SEMANTICS, type Semantics } from "../analysis/check/mod.ts";
import type { Duration } from "../model/duration.ts";
import type { Schema } from "./checked.ts";
import * as is from "./values.ts";

/** What is judged. */
export const scoped: { topic: Schema<string>; client: Schema<string> } = {
  topic: is.text("a topic's name", 249),
  client: is.text("a client's name"),
};
/** How many examples a finding shows. */
export const examples: Schema<number> = is.whole(0, is.MOST);
/** What is asked of consumer groups. */
export const groupChecks: {
  group: Schema<string>;
  semantics: Schema<Semantics>;
  standstillLimit: Schema<Duration>;
} = {
  group: is.text("a consumer group's name"),
  semantics: is.word(...SEMANTICS),
  standstillLimit: is.duration,
};
