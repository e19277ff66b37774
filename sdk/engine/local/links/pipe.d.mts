import type { Socket } from "node:net";
/** A number of bytes a second, shared by all pipes that are given it. */
export interface Bucket {
  readonly bytesPerSecond: number;
  take(bytes: number, from: number): number;
}
/** The fault in one direction of a connection. */
export interface PipeSide {
  delayMs: number;
  jitterMs: number;
  rates: readonly Bucket[];
  /** Nothing gets through. */
  hole: boolean;
}
export interface Pipe {
  open(to: Socket): void;
  changed(side: PipeSide): void;
  close(): void;
}
export declare const SOUND: PipeSide;
export declare function makeBucket(bytesPerSecond: number): Bucket;
export declare function makePipe(parts: {
  from: Socket;
  side?: PipeSide;
  onQueued?: (bytes: number) => void;
  onReset: () => void;
}): Pipe;
