// Arguments that no clone can carry, made here.

import type { Given } from "../job.ts";

/** A history of a few events that every checker takes. */
const HISTORY = [
  {
    kind: "run",
    atMs: 0,
    startedAt: "2026-01-01T00:00:00.000Z",
    scenario: "fuzz",
    engine: "local",
    kafka: "3.9.2",
    brokers: [{ broker: 1, nodeId: 1, service: "kafka-1" }],
  },
  { kind: "step", atMs: 1, name: "normal" },
  {
    kind: "send",
    atMs: 2,
    tookMs: 3,
    client: "probe",
    value: "probe-1",
    topic: "t",
    outcome: "info",
    attempts: [],
  },
];

/** The arguments with everything that is told by a `Given` in its place, at any depth. */
export function givenArgs(args: readonly unknown[]): unknown[] {
  return args.map(made);
}

function made(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(made);
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  if ("$given" in value) return ofKind((value as Given).$given);
  const copy: Record<string, unknown> = {};
  for (const [key, one] of Object.entries(value))
    Object.defineProperty(copy, key, {
      value: made(one),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  return copy;
}

function ofKind(kind: Given["$given"]): unknown {
  switch (kind) {
    case "function":
      return () => 1;
    case "symbol":
      return Symbol("fuzz");
    case "thrower":
      return {
        get name(): string {
          throw new RangeError("Cannot read name: it is a trap");
        },
      };
    case "cycle": {
      const cycle: Record<string, unknown> = {};
      cycle["self"] = cycle;
      return cycle;
    }
    case "no prototype":
      return Object.create(null);
    case "proxy":
      return new Proxy({}, {});
    case "aborted":
      return AbortSignal.abort(new RangeError("Cannot go on: it was aborted"));
    case "history":
      return HISTORY;
  }
}
