/** What is said of a process; `folder` is its lab's folder of records. */
export interface ProcessRecord {
  folder: string;
  lab: string;
  ownerPid: number;
  ownerStart: string;
  /** Whether it may outlive its owner. */
  keep: boolean;
  kind: "broker" | "links" | "client" | "tool";
  /** The name of the service, or of the client. */
  service: string;
}
/** What all records of one lab have in common. */
export type LabRecord = Omit<ProcessRecord, "kind" | "service">;
/** A process that has a record and is alive. */
export interface RecordedProcess extends ProcessRecord {
  pid: number;
  start: string;
}
export declare function recordFolders(folder: string): string[];
export declare function recorded(
  record: ProcessRecord | undefined,
  argv: readonly [string, ...string[]],
): [string, ...string[]];
export declare function canRun(program: string): boolean;
export declare function recordedIn(folder: string): RecordedProcess[];
export declare function signalRecorded(
  folder: string,
  which: (one: RecordedProcess) => boolean,
  signal: string,
): number;
export declare function endRecorded(
  folder: string,
  options: { kept: boolean; patienceMs?: number },
): { ended: number; left: number[] };
export declare function sleep(ms: number): void;
