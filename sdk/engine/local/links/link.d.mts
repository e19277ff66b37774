import type { Socket } from "node:net";
import type { PipeSide } from "./pipe.d.mts";
/** The fault between one dialer and the broker; `up` is towards the broker. */
export interface LinkSides {
  up: PipeSide;
  down: PipeSide;
  /** Ends every connection, and each new one. */
  reset: boolean;
  /** Refuses new connections. */
  refuse: boolean;
}
/** An address on which a link accepts, and who dials it; the empty name is anybody. */
export interface Listener {
  dialer: string;
  host: string;
  port: number;
}
export interface Link {
  serve(): Promise<void>;
  stopListening(): void;
  changed(): Promise<void>;
  readonly connections: number;
}
export declare function makeLink(parts: {
  listeners: readonly Listener[];
  to: number;
  /** The broker's host. @default 127.0.0.1 */
  host?: string;
  state: (dialer: string) => LinkSides;
  onQueued: (dialer: string, bytes: number) => void;
  onAccepted?: (dialer: string, client: Socket) => void;
}): Link;
