// Faults as values, and kinds of faults that programs add: each function with what it takes.
// The doc comments here are the public ones: editors and declaration files show them.

import * as v from "valibot";
import * as making from "../faults/mod.ts";
import type {
  DelaySpec,
  DiskScopeOptions,
  FaultOption,
  IsolateSpec,
  LastingOptions,
  RollSpec,
  ScopeOptions,
  SlowSpec,
  StopSpec,
} from "../faults/mod.ts";
import * as defining from "../lab/faults/define.ts";
import { fields, maybe, needed, onlyNames, reference, type Schema } from "./checked.ts";
import { logDir } from "./disks.ts";
import { guarded } from "./guard.ts";
import { rolled, settingsByName, settingsOf } from "./changing.ts";
import { electionTarget } from "./elections.ts";
import { factor } from "./groups.ts";
import { how, scope } from "./options.ts";
import * as is from "./values.ts";
import type { Takes } from "./verbs.ts";

const lasts = is.durationOf(1);
const scoped = { lasts, ...scope };
const lasting: Schema<LastingOptions> = fields<LastingOptions>({ lasts });
const network: Schema<ScopeOptions> = fields<ScopeOptions>(scoped);
const target = needed("target", is.target);
const either = needed("target", is.anyTarget);
const members = needed("target", is.memberTarget);
const percent = needed("percent", is.percent);
const options = maybe("options", network);

const disk = maybe("options", fields<DiskScopeOptions>({ lasts, logDir }));

type StopOptions = LastingOptions & Pick<StopSpec, "timeout">;
type DelayOptions = ScopeOptions & Pick<DelaySpec, "jitter">;
type SlowOptions = LastingOptions & Pick<SlowSpec, "process" | "factor">;
type RollOptions = Pick<RollSpec, "timeout" | "wait" | "how">;
type IsolateOptions = ScopeOptions & Pick<IsolateSpec, "how">;

const FAULTS: Takes<making.Faults> = {
  stop: [either, maybe("options", fields<StopOptions>({ lasts, timeout: is.duration }))],
  kill: [either, maybe("options", lasting)],
  pause: [either, maybe("options", lasting)],
  slow: [members, needed("options", fields<SlowOptions>({ lasts, process: is.durationOf(1), factor }))],
  roll: [either, maybe("options", fields<RollOptions>(rolled))],
  reconfigure: [needed("of", settingsOf), needed("settings", settingsByName), maybe("options", lasting)],
  elect: [needed("election", is.word("preferred", "unclean")), maybe("of", electionTarget)],
  delay: [
    target,
    needed("delay", is.duration),
    maybe("options", fields<DelayOptions>({ ...scoped, jitter: is.duration })),
  ],
  lose: [target, percent, options],
  throttle: [target, needed("rate", is.rate), options],
  isolate: [target, maybe("options", fields<IsolateOptions>({ ...scoped, how }))],
  split: [needed("groups", is.groups), maybe("options", lasting)],
  duplicate: [target, percent, options],
  corrupt: [target, percent, options],
  reorder: [target, percent, options],
  fillDisk: [target, disk],
  failDisk: [target, disk],
  hangDisk: [target, disk],
  slowDisk: [target, needed("delay", is.durationOf(1)), disk],
  forgetDisk: [target, disk],
};

/**
 * Makes faults as values for `lab.inject`, `lab.predict` and `resolveFault`: nothing happens before one of
 * them is called. `lasts` heals a fault after that time; by default it lasts until it is healed.
 *
 * @throws TypeError, RangeError for a wrong target or option
 * @example
 * import { faults } from "kafka-failure-lab";
 *
 * const spec = faults.pause("followers", { lasts: "10s" });
 * console.log(spec.kind, spec.target, spec.lasts); // pause followers 10s
 */
export const faults: making.Faults = Object.freeze(
  Object.fromEntries(
    Object.entries(making.faults).map(([kind, make]) => [
      kind,
      guarded(`faults.${kind}`, make as never, FAULTS[kind as keyof making.Faults] as never),
    ]),
  ),
) as unknown as making.Faults;

const PARTS: Readonly<Record<keyof defining.FaultParts, true>> = {
  kind: true,
  about: true,
  noun: true,
  options: true,
  process: true,
  network: true,
  lasts: true,
  check: true,
  apply: true,
  undo: true,
  verify: true,
};
const OPTION: Readonly<Record<keyof FaultOption, true>> = {
  type: true,
  about: true,
  isRequired: true,
  default: true,
};
const parts: Schema<defining.FaultParts> = v.pipe(
  v.custom<object>((one) => typeof one === "object" && one !== null, "an object with kind, apply and undo"),
  onlyNames(Object.keys(PARTS)),
  v.looseObject(
    {
      kind: is.text("a fault's kind", 41),
      apply: is.verb(),
      undo: is.verb(),
      options: v.optional(
        v.record(
          v.string(),
          v.pipe(v.looseObject({}), onlyNames(Object.keys(OPTION))),
          "an object of options",
        ),
      ),
    },
    "an object with kind, apply and undo",
  ),
) as never;

/**
 * Adds a kind of fault. The function that it returns makes its values, as `faults.kill` does: `lab.inject`
 * injects and heals them, and history, explanation and timeline show the kind's own name. `lab.predict`
 * works if the kind has `process` or `network`.
 *
 * A kind that is defined again replaces the earlier one, so a notebook's cell can be run twice.
 *
 * @throws RangeError for the name of one of the lab's own kinds; TypeError for an invalid name
 */
export const defineFault: typeof defining.defineFault = guarded(
  "defineFault",
  defining.defineFault as (parts: defining.FaultParts) => ReturnType<typeof defining.defineFault>,
  [reference("fault", parts)],
) as typeof defining.defineFault;
