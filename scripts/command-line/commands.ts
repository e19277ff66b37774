// The commands of `kafka-failure-lab`, each with its module. `run`, which chooses a scenario, is in
// choose.ts.

export interface Command {
  readonly name: string;
  /** The module beside `kafka-failure-lab.ts`, without its ending. */
  readonly file: string;
  /** One line of `--help`. */
  readonly about: string;
}

export const COMMANDS: readonly Command[] = [
  { name: "start", file: "start", about: "stop a broker of the posted cluster, as posted and corrected" },
  { name: "predict", file: "predict", about: "predict what a fault does to a client, without a cluster" },
  {
    name: "diagnose",
    file: "diagnose",
    about: "find misconfigurations in compose files and client settings",
  },
  { name: "explain-error", file: "explain-error", about: "explain error lines of brokers and clients" },
  { name: "hunt", file: "hunt", about: "search for faults and loads that a claim does not survive" },
  { name: "replay", file: "replay", about: "judge and draw a recorded run again, without a cluster" },
  { name: "trace", file: "trace", about: "show the trace of one record of a run" },
  { name: "doctor", file: "doctor", about: "report what this machine supports and what is missing" },
  { name: "clean", file: "clean", about: "end the brokers of labs that were kept" },
  { name: "app", file: "app", about: "run the posted application: GET /sendMessage" },
  { name: "notebooks", file: "notebooks", about: "write and execute the notebooks (repository only)" },
];
