// What the test process asks of the guest process, and what it hears back.
//
//   generator (fast-check) ─▶ Job ─▶ guest: run the target ─▶ what was shown, thrown, written, left ─▶ Report
//                                     └── killed from outside where it hangs or runs out of memory

/** A text of a file; a large one is a recipe, made in the guest: `{n}` in `repeat` is the index. */
export type Text = string | readonly (string | { readonly repeat: string; readonly times: number })[];

/** What the guest runs. */
export type TargetName =
  | "predict" // scripts/predict, as a function
  | "diagnose" // scripts/diagnose, as a function
  | "explain-error" // scripts/explain-error, as a function
  | "trace" // scripts/trace, as a function
  | "script" // a whole script, argv[0] names it
  | "options" // the options of a script, argv[0] names it
  | "start" // startLab with the files as compose files, as far as the first program
  | "run" // openRun, and everything that judges, explains and draws a run
  | "call" // an exported function of the SDK, `name`
  | "verb"; // a verb of a lab, `name`

/** One input. It has to survive the structured clone: what cannot is told by a `Given`. */
export interface Job {
  readonly target: TargetName;
  /** Files of the working directory, by name. */
  readonly files?: Readonly<Record<string, Text>>;
  readonly argv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly name?: string;
  readonly args?: readonly unknown[];
  /** What has to be told of: one of these words has to be shown. */
  readonly mentions?: readonly string[];
  /** Whether the arguments have to be refused. */
  readonly isWrong?: boolean;
}

/** What cannot be cloned, and is made in the guest. */
export interface Given {
  readonly $given:
    | "function"
    | "symbol"
    | "thrower"
    | "cycle"
    | "no prototype"
    | "proxy"
    | "aborted"
    | "history";
}

/** Something that must not be. */
export interface Problem {
  /** What kind it is: two inputs of one kind are one find. */
  readonly kind: string;
  /** What was seen. */
  readonly detail: string;
}

export interface Report {
  readonly problems: readonly Problem[];
  readonly tookMs: number;
  /** The most memory that the guest has had so far, in megabytes. */
  readonly rssMb: number;
}

/** How long one input may take. */
export const LIMIT_MS = 10_000;
/** How much memory the guest may have. */
export const LIMIT_MB = 500;
