export interface Marked {
  pid: number;
  lab: string;
  ownerPid: number;
  ownerStart: string;
  keep: boolean;
  service: string;
}
export declare const MARK: string;
export declare function startOf(pid: number): string | undefined;
export declare function statesOf(pid: number): string[];
export declare function markOf(mark: {
  lab: string;
  ownerPid: number;
  ownerStart: string;
  keep: boolean;
  service: string;
}): string;
export declare function marked(): Marked[];
export declare function signalMarked(which: (one: Marked) => boolean, signal: string): number;
