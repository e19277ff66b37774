// The claims that a search can be about: checkers, by their own names and as a command line has them.

import type { CheckerName } from "../check/mod.ts";

/** A claim by its name on the command line. */
export type HuntClaim =
  | "no-loss"
  | "no-phantoms"
  | "no-duplicates"
  | "order"
  | "progress"
  | "recovery"
  | "availability";

/** What judges a claim. */
export interface ClaimCheck {
  readonly checker: CheckerName;
  /** The claim as a sentence. */
  readonly sentence: string;
  /** The option of `check` that takes a limit; absent where there is none. */
  readonly limit?: "gapLimit" | "recoveryLimit";
}

/** Every claim with its checker. */
export const HUNT_CLAIMS: Readonly<Record<HuntClaim, ClaimCheck>> = {
  "no-loss": { checker: "noLostWrites", sentence: "no acknowledged record is lost" },
  "no-phantoms": { checker: "noPhantomWrites", sentence: "no send that failed is in the log" },
  "no-duplicates": {
    checker: "duplicates",
    sentence: "an idempotent client writes no record twice",
  },
  order: { checker: "order", sentence: "records stand in the order of their acknowledged sends" },
  progress: { checker: "progress", sentence: "during each fault something is acknowledged" },
  recovery: {
    checker: "recovery",
    sentence: "something is acknowledged in time after each heal",
    limit: "recoveryLimit",
  },
  availability: {
    checker: "availability",
    sentence: "no time without an acknowledgement is too long",
    limit: "gapLimit",
  },
};

/** The claim of a name: its own, or its checker's. Undefined where there is none. */
export function claimNamed(name: string): HuntClaim | undefined {
  const found = Object.entries(HUNT_CLAIMS).find(([own, { checker }]) => own === name || checker === name);
  return found?.[0] as HuntClaim | undefined;
}
