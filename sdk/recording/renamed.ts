// Names in files that versions before 0.6 wrote, and their names since. A file is read with the new ones;
// nothing else knows the old ones.

import type { BrokerLogFact } from "../model/history.ts";

const CHECKERS: Readonly<Record<string, string>> = { survive: "noLostWrites", honest: "noPhantomWrites" };

const FACTS: Readonly<Record<string, BrokerLogFact["what"]>> = {
  "let go": "controlledShutdownGranted",
  stands: "becameCandidate",
  "quorum leader": "quorumLeader",
  "controller active": "controllerActive",
  leads: "becameLeader",
  follows: "becameFollower",
  "isr shrinks": "isrShrinks",
  "shutting down": "shuttingDown",
  "shut down": "shutDown",
};

type Plain = Readonly<Record<string, unknown>>;

/** Returns a checker's name since 0.6. */
export function checkerName(written: string): string {
  return lookUp(CHECKERS, written);
}

/** Returns an event of a history with its names since 0.6; any other value as it is. */
export function renamedEvent(value: unknown): unknown {
  if (!isPlain(value)) return value;
  if (value["kind"] === "broker log") return renamedLog(value);
  return value["kind"] === "prediction"
    ? { ...value, prediction: renamedPrediction(value["prediction"]) }
    : value;
}

/**
 * Returns a line of `calls.jsonl` with its names since 0.6, and the field that a prediction has since 0.7;
 * any other value as it is.
 */
export function renamedCall(value: unknown): unknown {
  if (!isPlain(value) || value["path"] !== "lab.predict") return value;
  const renamed = renamedPrediction(value["value"]);
  return { ...value, value: isPlain(renamed) ? { partitions: [], ...renamed } : renamed };
}

function renamedPrediction(value: unknown): unknown {
  if (!isPlain(value)) return value;
  const renamed: Record<string, unknown> = { ...value };
  change(renamed, "timers", each(renamedTimer));
  change(renamed, "parts", each(within("timers", each(renamedTimer))));
  change(renamed, "roundTrips", each(within("limit", renamedTimer)));
  change(renamed, "send", within("endedBy", renamedTimer));
  return renamed;
}

function renamedTimer(value: unknown): unknown {
  if (!isPlain(value) || !("of" in value)) return value;
  const { of, ...rest } = value;
  return { ...rest, owner: of };
}

function renamedLog(event: Plain): Plain {
  if (!("told" in event)) return event;
  const { told, ...rest } = event;
  return { ...rest, fact: isPlain(told) ? renamedFact(told) : told };
}

function renamedFact(fact: Plain): Plain {
  const { what, is, ...rest } = fact;
  return {
    what: typeof what === "string" ? lookUp(FACTS, what) : what,
    ...(is === undefined ? {} : { state: is }),
    ...rest,
  };
}

function lookUp(names: Readonly<Record<string, string>>, written: string): string {
  return Object.hasOwn(names, written) ? names[written]! : written;
}

type Change = (value: unknown) => unknown;

function each(act: Change): Change {
  return (value) => (Array.isArray(value) ? value.map(act) : value);
}

function within(key: string, act: Change): Change {
  return (value) => {
    if (!isPlain(value)) return value;
    const changed = { ...value };
    change(changed, key, act);
    return changed;
  };
}

function change(object: Record<string, unknown>, key: string, act: Change): void {
  if (Object.hasOwn(object, key)) object[key] = act(object[key]);
}

function isPlain(value: unknown): value is Plain {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
