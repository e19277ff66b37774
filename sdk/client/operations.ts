// Which observed attempt belongs to which send of a kafkajs client.
//
//   Produce request  ──▶ the operation whose record it carries (a record's value is unique in a run)
//   any other        ──▶ every operation that waits: metadata and connections serve all of them

import { performance } from "node:perf_hooks";
import type { Attempt } from "../model/history.ts";
import { errorName } from "../kafka/error-codes.ts";
import type { ObservedAttempt } from "./watch.ts";

/** One send that is under way. */
export interface Operation {
  readonly value: string;
  /** By `performance.now()`. */
  readonly beganAt: number;
  readonly attempts: Attempt[];
  /** Its Produce requests on the wire without an answer. */
  onWire: ProduceRequest[];
  /** The broker of the last attempt that succeeded. */
  address?: string;
  /** Whether its caller has stopped waiting; no further request is written for it. */
  givenUp: boolean;
}

type ProduceRequest = Pick<ObservedAttempt, "address" | "beganAt">;

export interface Operations {
  begin(value: string): Operation;
  /** Assigns an observed attempt to its operation, or to every one that waits. */
  noteAttempt(observed: ObservedAttempt): void;
  /** Whether a Produce request for this record may still be written; notes it as on the wire if so. */
  mayWrite(value: string, request: ProduceRequest): boolean;
  /** Refuses further requests of the operation and notes those on the wire as `GIVEN_UP`. */
  giveUp(operation: Operation): void;
  end(operation: Operation): void;
}

export interface OperationsOptions {
  /** Turns a `performance.now()` value into milliseconds since the run's start. */
  at(performanceNow: number): number;
  brokerOf(address: string): number | null;
}

/** An operation that has waited for longer also lists the successful attempts that serve all operations. */
const WAITED_MS = 50;

/** Makes the list of one client's operations. */
export function makeOperations(options: OperationsOptions): Operations {
  const operations = new Map<string, Operation>(); // by value
  const noteAttempt = (observed: ObservedAttempt): void => {
    const attempt = attemptOf(observed, options);
    if (observed.value === undefined) {
      for (const one of operations.values()) if (isServed(one, attempt)) one.attempts.push(attempt);
      return;
    }
    const one = operations.get(observed.value);
    if (one !== undefined) addProduce(one, observed, attempt);
  };
  return {
    begin(value) {
      const one: Operation = {
        value,
        beganAt: performance.now(),
        attempts: [],
        onWire: [],
        givenUp: false,
      };
      operations.set(value, one);
      return one;
    },
    noteAttempt,
    mayWrite(value, request) {
      const one = operations.get(value);
      if (one === undefined || one.givenUp) return false;
      one.onWire.push(request);
      return true;
    },
    giveUp(one) {
      one.givenUp = true;
      const now = performance.now();
      for (const { address, beganAt } of one.onWire)
        noteAttempt({
          address,
          beganAt,
          value: one.value,
          api: "Produce",
          tookMs: now - beganAt,
          error: "GIVEN_UP",
        });
    },
    end: ({ value }) => void operations.delete(value),
  };
}

/** An attempt that was answered at once does not explain the time of an operation that has only begun. */
function isServed(one: Operation, { error }: Attempt): boolean {
  if (one.onWire.length > 0) return false;
  return error !== undefined || performance.now() - one.beganAt > WAITED_MS;
}

function addProduce(one: Operation, observed: ObservedAttempt, attempt: Attempt): void {
  one.onWire = one.onWire.filter(
    ({ address, beganAt }) => address !== observed.address || beganAt !== observed.beganAt,
  );
  one.attempts.push(attempt);
  if (attempt.error === undefined) one.address = observed.address;
}

function attemptOf(observed: ObservedAttempt, { at, brokerOf }: OperationsOptions): Attempt {
  const { errorCode = 0, address, api } = observed;
  const error = observed.error ?? (errorCode === 0 ? undefined : errorName(errorCode));
  return {
    atMs: at(observed.beganAt),
    tookMs: Math.round(observed.tookMs * 1000) / 1000,
    broker: brokerOf(address),
    address,
    api,
    ...(error === undefined ? {} : { error }),
  };
}
