// What starts labs, opens runs and looks at the machine: each function with what it takes.
// The doc comments here are the public ones: editors and declaration files show them.

import * as v from "valibot";
import * as aboutIt from "../cli/about.ts";
import * as cleaning from "../lab/clean.ts";
import type { DoctorOptions } from "../doctor/mod.ts";
import * as doctoring from "../doctor/mod.ts";
import type { Lab } from "../lab/lab.ts";
import * as labs from "../start.ts";
import * as recordings from "../recording/mod.ts";
import { fields, maybe, needed, reference } from "./checked.ts";
import { guarded } from "./guard.ts";
import { guardedLab, guardedRecordedRun } from "./lab-guard.ts";
import { attachOptions } from "./attaching.ts";
import * as options from "./options.ts";
import { made } from "./results.ts";
import * as is from "./values.ts";

/**
 * Starts a cluster, creates the topic, and resolves when every broker serves it.
 *
 * With `LAB_REPLAY`, or in a notebook on a machine where no engine works, a recorded run is replayed
 * instead: `lab.isReplay` is true then.
 *
 * @param options @default three brokers, topic `my_topic` with one partition and three replicas
 * @throws TypeError, RangeError for a wrong option, and for a property or a topic name that Kafka would
 *   refuse, before anything starts
 * @throws LabError NO_ENGINE, NO_JAVA, NO_KAFKA, BAD_COMPOSE, UNSUPPORTED, PORT_TAKEN, NOT_READY (after
 *   `timeout`, 60 s by default)
 * @example
 * import { startLab } from "kafka-failure-lab";
 *
 * const lab = await startLab({ timers: "fast", topic: { name: "orders" } });
 * console.log(lab.topic, lab.bootstrap.length); // orders 3
 * await lab.close(); // ends the brokers
 */
export const startLab: typeof labs.startLab = guarded(
  "startLab",
  async (given) => guardedLab(await labs.startLab(given)),
  [maybe("options", options.labOptions)],
  "rejects",
);
/**
 * Attaches to a cluster that is running: a compose project (`project`, needs Docker), or any other by its
 * bootstrap servers (`bootstrap`). At the end only the lab's own faults are healed; nothing is stopped or
 * removed.
 *
 * Of a cluster behind `bootstrap` the lab is a client: it observes, probes and predicts. Its faults act on
 * its own kafkajs clients (`net` with `path: "clients"`) or are a program's own (`defineFault`); every other
 * is UNSUPPORTED. Topics that it has created there it deletes when it closes.
 *
 * A topic that is named is created only with `topic: { create: true }`.
 *
 * @throws TypeError, RangeError for a wrong option
 * @throws LabError NO_SUCH_PROJECT, NO_ENGINE, BAD_COMPOSE, UNSUPPORTED for a project; NO_CLUSTER where no
 *   bootstrap server answers, NO_SUCH_TOPIC; NOT_READY
 * @example
 * import { attachLab } from "kafka-failure-lab";
 *
 * const other = await attachLab({ bootstrap: lab.bootstrap });
 * console.log(other.engine.kind, (await other.probe.send()).outcome); // remote ok
 * await other.close(); // deletes its topic
 */
export const attachLab: typeof labs.attachLab = guarded(
  "attachLab",
  async (given) => guardedLab(await labs.attachLab(given)),
  [needed("options", attachOptions)],
  "rejects",
);
/**
 * Opens the folder of a finished run, `.lab/runs/<scenario>/<time>/` or a recording, without a cluster.
 *
 * The last line of a run that was killed while it wrote is dropped, and `notes` says so.
 *
 * @throws LabError NO_SUCH_RUN; BAD_RUN with file and line
 * @example
 * import { openRun } from "kafka-failure-lab";
 *
 * const run = await openRun(lab.run.dir);
 * console.log(run.scenario, run.judge().counts.lost); // ad-hoc 0
 */
export const openRun: typeof recordings.openRun = guarded(
  "openRun",
  async (dir) => guardedRecordedRun(await recordings.openRun(dir)),
  [needed("dir", is.path)],
  "rejects",
);
/**
 * Returns why recorded runs are shown: `LAB_REPLAY` is set, or this is a notebook and no engine works here;
 * undefined where clusters are started.
 */
export const whyReplay: typeof recordings.whyReplay = guarded(
  "whyReplay",
  recordings.whyReplay,
  [],
  "rejects",
);
/**
 * Checks what this machine supports, and returns the command that installs what is missing.
 *
 * All checks run at the same time, each limited by `timeout` (4 s by default). Problems of the machine are
 * in the report; they are not thrown.
 *
 * @example
 * import { doctor } from "kafka-failure-lab";
 *
 * const { works, engines } = await doctor();
 * console.log(works, engines.map(({ engine }) => engine)); // true [ 'local', 'docker' ]
 */
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
/**
 * Removes what labs have left whose owner has ended, and returns one line for each thing; kept labs (`keep:
 * true`) stay unless `kept` is set.
 *
 * A process that only mentions a lab on its command line is named and not ended. What cannot be removed
 * stays without stopping the rest: its line gives the reason, and `onLeft` is called with it.
 *
 * @throws LabError UNSAFE_FOLDER if the state folder does not belong to this user alone; nothing is removed
 *   then
 */
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
/**
 * Returns the lines that a scenario begins with: date, version and revision of the lab, Kafka's version, the
 * engine, the image or the jars, the runtime, and `lab.differs`.
 */
export const about: typeof aboutIt.about = guarded("about", aboutIt.about, [
  reference("lab", made<Lab>("startLab()", "engine", "run", "bootMs", "differs")),
]);
/** Returns the runtime and its version: `Node 20.19.0`, `Deno 2.9.6`. */
export const runtime: typeof aboutIt.runtime = guarded("runtime", aboutIt.runtime, []);
