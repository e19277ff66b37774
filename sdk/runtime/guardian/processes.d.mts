/** A process that says it is a lab's. */
export interface Marked {
  pid: number;
  ownerPid: number;
  ownerStart: string;
}
export declare const MARK: string;
export declare function startOf(pid: number): string | undefined;
export declare function uidOf(pid: number): number | undefined;
export declare function here(): string;
export declare function whereIs(other: string | undefined): "here" | "past" | "elsewhere";
export declare function statesOf(pid: number): string[];
export declare function markOf(mark: {
  lab: string;
  ownerPid: number;
  ownerStart: string;
  keep: boolean;
  service: string;
}): string;
export declare function marked(): Marked[];
