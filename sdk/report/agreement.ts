// What was predicted beside what came, in words.

import { readable } from "../duration.ts";
import type { Agreement } from "../explain/agreement.ts";
import { counted } from "../judge/mod.ts";
import { plain, type PaintOptions } from "./paint.ts";

/** Returns three lines a prediction at most: what was predicted, what was measured, and in what they disagree. */
export function agreementLines(agreements: readonly Agreement[], { paint = plain }: PaintOptions = {}): string[] {
  return agreements.flatMap(({ client, prediction, fault, came, verdict, disagreements }) => {
    const predicted = `predicted for ${client}: ${prediction.sentence}`;
    if (fault === null) return [predicted, paint(`    not measured: no ${prediction.fault} of broker ${prediction.targets.join(", ")} followed`, "dim")];
    if (came === null) return [predicted, paint(`    not measured: ${client} did not send while it lasted`, "dim")];
    const gap = came.gapMs === null ? `no acknowledged send for ${readable(came.lastedMs)}` : `${readable(came.gapMs)} without an acknowledged send`;
    const counts = `${counted(came.lost)} lost, ${counted(came.duplicates, "duplicate")}${came.unknown > 0 ? `, ${counted(came.unknown)} with unknown outcome` : ""}`;
    const measured = `measured for ${client}: ${gap}${came.failedOver ? ", another broker leads" : ""}; ${counts}`;
    return [predicted, `${measured}: ${paint(WORDS[`${verdict}`], verdict === true ? "good" : verdict === false ? "bad" : "unsure")}`, ...disagreements.map((text) => paint(`    ${text}`, "dim"))];
  });
}

const WORDS: Readonly<Record<`${Agreement["verdict"]}`, string>> = { true: "as predicted", false: "not as predicted", unknown: "it did not last long enough to tell" };
