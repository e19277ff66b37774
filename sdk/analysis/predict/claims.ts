// What a prediction states, clause by clause: each claim has a code, its figures and its words, and all are
// derived from the fields of the prediction itself. The sentence is the claims' words, one after another.
//
//   failsOver ─▶ leader │ served, gap, timers, lastsMs ─▶ service │ send ─▶ send │ lost, … ─▶ records
//
// A send that begins at the fault may be settled only after the healing: `served` speaks of the time until
// then, `send` of how it ends.

import { readable } from "../../model/duration.ts";
import type { Claim, Odds, Prediction, Span } from "../../model/prediction.ts";

/** What the claims are derived from. */
export type Claimed = Omit<Prediction, "sentence" | "claims" | "why">;

/** Windows that begin sooner are no outage: the gap between two sends, or a late answer. */
const UNDISTURBED_MS = 50;

/** Returns the claims in the order of the sentence. */
export function claimsOf(prediction: Claimed): readonly Claim[] {
  return [
    ...controllerClaims(prediction),
    leaderClaim(prediction),
    serviceClaim(prediction),
    ...sendClaims(prediction),
    ...recordClaims(prediction),
    ...settingClaims(prediction),
    ...machineClaims(prediction),
  ];
}

/** The claims' words in one line. */
export function sentenceOf(claims: readonly Claim[]): string {
  const first = claims.filter(({ code }) => CONTROLLER.has(code));
  const [leader, service, ...others] = claims.filter(({ code }) => !CONTROLLER.has(code));
  const isBut = service?.code === "notServed" && leader?.code !== "leaderStays";
  const head = [leader?.text, service?.text].filter((text) => text !== undefined && text !== "");
  const records = others.filter(({ code }) => RECORDS.has(code));
  return [
    ...first.map(({ text }) => text),
    head.join(isBut ? ", but " : ", "),
    ...others.filter(({ code }) => SENDS.has(code)).map(({ text }) => text),
    records.map(({ text }) => text).join(", "),
    ...others.filter(({ code }) => LAST.has(code)).map(({ text }) => text),
  ]
    .filter((text) => text !== "")
    .join("; ");
}

const CONTROLLER: ReadonlySet<Claim["code"]> = new Set([
  "controllerMoves",
  "controllerMayMove",
  "controllerLost",
  "controllerMayBeLost",
  "controllerStays",
]);
const SENDS: ReadonlySet<Claim["code"]> = new Set(["sendAcknowledged", "sendMayFail", "sendFails"]);
const RECORDS: ReadonlySet<Claim["code"]> = new Set([
  "noneLost",
  "lossPossible",
  "noDuplicates",
  "duplicatesPossible",
  "unknownPossible",
  "notVisible",
  "minIsrKept",
  "belowMinIsrPossible",
]);

const LAST: ReadonlySet<Claim["code"]> = new Set(["settingsNotDerived", "slowMachine"]);

/** Of the active controller, where nodes are hit that are only controllers. */
function controllerClaims({ controller, controllers = [] }: Claimed): Claim[] {
  if (controller === undefined || controllers.length === 0) return [];
  const { moves, lost, activeAt } = controller;
  const when = activeAt === null ? "" : ` after ${window(activeAt)}`;
  const common = activeAt === null ? {} : { tookMs: activeAt };
  const found: Claim[] = [];
  if (lost > 0)
    found.push(
      lost === 1
        ? { code: "controllerLost", text: "no active controller" }
        : {
            code: "controllerMayBeLost",
            odds: lost,
            text: `no active controller with odds of ${percent(lost)}`,
          },
    );
  if (moves > 0)
    found.push(
      moves === 1
        ? { code: "controllerMoves", ...common, text: `another controller is active${when}` }
        : {
            code: "controllerMayMove",
            odds: moves,
            ...common,
            text: `with odds of ${percent(moves)} another controller is active${when}`,
          },
    );
  return found.length === 0 ? [{ code: "controllerStays", text: "the active controller stays" }] : found;
}

function leaderClaim({ failsOver, served }: Claimed): Claim {
  if (failsOver === 0)
    return { code: "leaderStays", text: served === 0 ? "leader does not move" : "leader stays" };
  if (failsOver === 1) return { code: "leaderMoves", text: "leader moves" };
  return {
    code: "leaderMayMove",
    odds: failsOver,
    text: `leader moves with odds of ${percent(failsOver)}`,
  };
}

function serviceClaim({ served, gap, timers, lastsMs }: Claimed): Claim {
  const names = [...new Set(timers.map(({ name }) => name))];
  const by = names.length === 0 ? "" : ` (${names.slice(0, 4).join(", ")})`;
  const common = { timers: names, ...(lastsMs !== undefined && { lastsMs }) };
  if (served === 0) {
    const until = lastsMs === undefined ? "" : ` while the fault lasts, ${readable(lastsMs)}`;
    return { code: "notServed", ...common, text: `no send is acknowledged${until}${by}` };
  }
  if (gap === null && served < 1)
    return {
      code: "mayBeServed",
      ...common,
      odds: served,
      text: `sends may not be acknowledged before the last broker is back${by}`,
    };
  const when =
    gap === null
      ? ""
      : gap.fromMs < UNDISTURBED_MS
        ? `${window(gap)} without an acknowledgement`
        : `first acknowledgement after ${window(gap)}`;
  const odds = served < 1 ? `; served with odds of ${percent(served)}` : "";
  return {
    code: served < 1 ? "mayBeServed" : "served",
    ...common,
    ...(served < 1 && { odds: served }),
    ...(gap !== null && { tookMs: gap }),
    text: `${when}${by}${odds}`,
  };
}

/** A send that begins with the fault, where that differs from one that begins later. */
function sendClaims({ served, send }: Claimed): Claim[] {
  const { ok, tookMs, endedBy } = send;
  const timers = endedBy === null ? [] : [endedBy.name];
  const by = endedBy === null ? "" : ` (${endedBy.name})`;
  const common = { ...(timers.length > 0 && { timers }), ...(tookMs !== null && { tookMs }) };
  if (ok === 0) {
    if (endedBy === null) return [];
    const text =
      served === 0
        ? `each is given up after ${readable(endedBy.ms)}${by}`
        : `a send that begins at the fault fails${by}`;
    return [{ code: "sendFails", ...common, text }];
  }
  if (ok < 1)
    return [
      {
        code: "sendMayFail",
        odds: ok,
        ...common,
        text: `a send that begins at the fault has odds of ${percent(ok)}${by}`,
      },
    ];
  if (served === 1) return [];
  const when = tookMs === null ? "" : ` after ${window(tookMs)}`;
  return [
    { code: "sendAcknowledged", ...common, text: `a send that begins at the fault is acknowledged${when}` },
  ];
}

function recordClaims({ lost, duplicates, unknown, visible, belowMinIsr }: Claimed): Claim[] {
  return [
    lost === "no" ? { code: "noneLost", text: "0 lost" } : { code: "lossPossible", text: "losses possible" },
    duplicates === "no"
      ? { code: "noDuplicates", text: "no duplicates" }
      : { code: "duplicatesPossible", text: "duplicates possible" },
    ...(unknown === "no"
      ? []
      : [{ code: "unknownPossible", text: "unknown outcomes possible" } satisfies Claim]),
    ...(visible === undefined ? [] : [visibleClaim(visible)]),
    ...(belowMinIsr === undefined ? [] : [minIsrClaim(belowMinIsr)]),
  ];
}

function visibleClaim(visible: Odds): Claim {
  const text = "new records not visible to consumers";
  if (visible === 0) return { code: "notVisible", text };
  return { code: "notVisible", odds: 1 - visible, text: `${text} with odds of ${percent(1 - visible)}` };
}

function minIsrClaim({ is, min }: NonNullable<Claimed["belowMinIsr"]>): Claim {
  return is === "no"
    ? { code: "minIsrKept", text: `ISR never below ${min}` }
    : { code: "belowMinIsrPossible", text: `ISR below ${min} possible` };
}

function settingClaims({ notDerived = [] }: Claimed): Claim[] {
  if (notDerived.length === 0) return [];
  return [{ code: "settingsNotDerived", text: `no effect of ${notDerived.join(", ")} is derived` }];
}

function machineClaims({ slower }: Claimed): Claim[] {
  if (slower === undefined) return [];
  return [{ code: "slowMachine", text: `on a machine ${slower} times slower than the reference` }];
}

/** `9.0 to 11.0 s`, `up to 0.4 s`. */
export function window({ fromMs, toMs }: Span): string {
  const [from, to] = [readable(fromMs), readable(toMs)];
  if (from === to) return from;
  if (fromMs < UNDISTURBED_MS) return `up to ${to}`;
  const unit = / ?(ms|s)$/;
  return from.match(unit)?.[0] === to.match(unit)?.[0] && !to.includes(" m ")
    ? `${from.replace(unit, "")} to ${to}`
    : `${from} to ${to}`;
}

/** As a person says a probability; what is not certain is neither 0 nor 100 %. */
export function percent(odds: Odds): string {
  const whole = Math.round(odds * 100);
  if (whole === 0) return "less than 1 %";
  return whole === 100 ? "more than 99 %" : `${whole} %`;
}
