// What the inputs configure, part by part, and all parts together.

import type { Application, Client, Connector, Dial, Node, NotJudged, Worker } from "../facts.ts";

/** What a file, or a service, configures. */
export interface Part {
  readonly nodes: readonly Node[];
  readonly clients: readonly Client[];
  readonly workers: readonly Worker[];
  /** @default none */
  readonly connectors?: readonly Connector[];
  readonly applications: readonly Application[];
  readonly dials: readonly Dial[];
  readonly notJudged: readonly NotJudged[];
}

/** All parts, in order. */
export function together(parts: readonly Partial<Part>[]): Required<Part> {
  return {
    nodes: parts.flatMap(({ nodes = [] }) => nodes),
    clients: parts.flatMap(({ clients = [] }) => clients),
    workers: parts.flatMap(({ workers = [] }) => workers),
    connectors: parts.flatMap(({ connectors = [] }) => connectors),
    applications: parts.flatMap(({ applications = [] }) => applications),
    dials: parts.flatMap(({ dials = [] }) => dials),
    notJudged: parts.flatMap(({ notJudged = [] }) => notJudged),
  };
}
