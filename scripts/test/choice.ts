// Which files a lane takes or leaves: by their names.

/** Files that are slow: a process of its own for each. */
export const APART: RegExp = /^compose-hostile\./;
/**
 * What can differ under Deno with real brokers: processes and their streams, signals, sockets, kafkajs,
 * files. The scenarios run under Deno in its notebooks.
 */
export const DENO: RegExp =
  /^(clean|cluster|doctor|guardian|leaks|net|private|probe)\.(local\.|alone\.)?test/;
/**
 * What repeats claims of scenario 01 or of the guardian with other data, scenario 03 whole, as the notebooks
 * run it, and what takes minutes: consumer groups, elections, a search.
 */
const GROUPS =
  "disk-jbod|explain-groups|hunt|java-members|predict-groups|scenario-(acks|consumers|elections)";
const ON_BOTH = "disk-forget|guardian-moments.alone|matrix|scenario-(fixed|variants)";
export const VARIANTS: RegExp = new RegExp(`^(${ON_BOTH}|(delay-whole|${GROUPS})\\.local)\\.test`);
/** What reads this repository's sources, by TypeScript's compiler: the same in each runtime. */
const SOURCES = /^(doc-comments|printed-values|unknown-options)\.test/;
/** Many values through pure functions, which neither runtime decides: seconds of processor each. */
const MANY = [
  "compose-hostile",
  "diagnose-manifest-fixes",
  "diagnose-public-fixes",
  "diagnose-rules",
  "explain-error-logs",
  "explain-many",
  "group-pictures",
  "groups-check-reference",
  "hostile-pictures",
  "judge-many",
  "predict-claims",
  "predict-groups",
  "predict-script",
  "refused-fuzz",
  "timeline-picture",
  "trace",
];
export const PURE: RegExp = new RegExp(`^(${MANY.join("|")})\\.test`);
/** Pure units that take seconds each. */
export const SLOW: RegExp = new RegExp(`${SOURCES.source}|${PURE.source}`);
/** Sentences and exit codes of many command lines: under Deno, whose programs start five times as fast. */
export const LINES: RegExp = /^(cli-mistakes|hostile-scripts|scenario-options)\.test/;
