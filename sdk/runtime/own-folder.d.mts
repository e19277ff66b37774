/** What is done with a folder of this user that is open to others. */
export type WhenOpen = "refuse" | "mend" | "accept";
export declare const MISSING: string;
export declare function flawOfOwn(folder: string, options?: { whenOpen?: WhenOpen }): string | undefined;
export declare function removeInside(root: string, target: string): string | undefined;
