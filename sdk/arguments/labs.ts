// What starts labs, opens runs and looks at the machine: each function with what it takes.
// What a function does is documented where it is made.

import * as v from "valibot";
import * as aboutIt from "../cli/about.ts";
import * as cleaning from "../lab/clean.ts";
import type { DoctorOptions } from "../doctor/mod.ts";
import * as doctoring from "../doctor/mod.ts";
import type { Lab } from "../lab/lab.ts";
import * as labs from "../start.ts";
import * as recordings from "../recording/mod.ts";
import { fields, maybe, needed, reference } from "./checked.ts";
import { guarded, guardedLab, guardedRecordedRun } from "./guard.ts";
import * as options from "./options.ts";
import { made } from "./results.ts";
import * as is from "./values.ts";

export const startLab: typeof labs.startLab = guarded(
  "startLab",
  async (given) => guardedLab(await labs.startLab(given)),
  [maybe("options", options.labOptions)],
  "rejects",
);
export const attachLab: typeof labs.attachLab = guarded(
  "attachLab",
  async (given) => guardedLab(await labs.attachLab(given)),
  [needed("options", options.attachOptions)],
  "rejects",
);
export const openRun: typeof recordings.openRun = guarded(
  "openRun",
  async (dir) => guardedRecordedRun(await recordings.openRun(dir)),
  [needed("dir", is.path)],
  "rejects",
);
export const whyReplay: typeof recordings.whyReplay = guarded(
  "whyReplay",
  recordings.whyReplay,
  [],
  "rejects",
);
export const doctor: typeof doctoring.doctor = guarded(
  "doctor",
  doctoring.doctor,
  [
    maybe(
      "options",
      fields<DoctorOptions>({
        env: v.record(v.string(), v.optional(v.string("text")), "an object of names and text"),
        timeout: is.durationOf(1),
        signal: is.signal,
      }),
    ),
  ],
  "rejects",
);
export const clean: typeof cleaning.clean = guarded(
  "clean",
  cleaning.clean,
  [
    maybe(
      "options",
      fields<cleaning.CleanOptions>({ kept: is.flag, onLeft: is.verb<(line: string) => void>() }),
    ),
  ],
  "rejects",
);
export const about: typeof aboutIt.about = guarded("about", aboutIt.about, [
  reference("lab", made<Lab>("startLab()", "engine", "run", "bootMs", "differs")),
]);
export const runtime: typeof aboutIt.runtime = guarded("runtime", aboutIt.runtime, []);
