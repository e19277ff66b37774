// Records calls: each with its arguments, when it ended, and what it returned or threw.

import type { Fault } from "../lab/faults/fault.ts";
import type { Probe } from "../lab/workload/probe.ts";
import { type Call, failureOf, isPromised, plainArgs, toPlain } from "./call.ts";
import {
  type Boundary,
  factsOf,
  FAULT,
  LOAD,
  type Member,
  PROBE,
  type Surface,
  surfaceOf,
} from "./surface.ts";

export interface CallLog {
  boundary: Boundary;
  /** Records that something was read, without its value. */
  mark(path: string): void;
  /** All calls in the order of their ends, those that have not ended last. */
  calls(): Call[];
}

/** @param clock `now()` in milliseconds since the run's start; `events()` is the length of the history */
export function makeCallLog(clock: { now(): number; events(): number }): CallLog {
  const book = makeBook(clock);
  const handled = handles(book, () => boundary);
  const boundary: Boundary = {
    call(path, args, member, real) {
      const call = book.begin(path, args);
      const onError = (error: unknown): never => {
        book.end(call, { error: failureOf(error) });
        throw error;
      };
      const result = attempt(real, onError);
      return isPromised(member)
        ? (result as Promise<unknown>).then((value) => handled(call, value, member), onError)
        : handled(call, result, member);
    },
    reading(path, real) {
      const value = real();
      book.end(book.begin(path, []), { value: toPlain(value) });
      return value;
    },
  };
  return { boundary, mark: (path) => book.end(book.begin(path, []), {}), calls: book.calls };
}

function attempt(real: () => unknown, onError: (error: unknown) => never): unknown {
  try {
    return real();
  } catch (error) {
    return onError(error);
  }
}

/** The calls that have begun, and those that have ended. */
interface Book {
  begin(path: string, args: readonly unknown[]): Call;
  end(call: Call, answer: Pick<Call, "value" | "handle" | "error">): void;
  calls(): Call[];
}

function makeBook(clock: { now(): number; events(): number }): Book {
  const ended: Call[] = [];
  const underWay = new Set<Call>();
  let count = 0;
  return {
    begin(path, args) {
      const call: Call = {
        n: ++count,
        path,
        args: plainArgs(args),
        endMs: clock.now(),
        events: clock.events(),
      };
      underWay.add(call);
      return call;
    },
    end(call, answer) {
      underWay.delete(call);
      ended.push(Object.assign(call, { endMs: clock.now(), events: clock.events() }, answer));
    },
    calls: () => [...ended, ...[...underWay].map((call) => ({ ...call, pending: true }))],
  };
}

/** Ends a call: a returned fault, probe or load gets a handle, and its own calls are recorded under that. */
function handles(
  { end }: Book,
  boundary: () => Boundary,
): (call: Call, result: unknown, member: Member) => unknown {
  const loads = new Map<string, number>();
  function handed<T>(call: Call, result: object, surface: Surface<T>, handle: string): T {
    end(call, { value: toPlain(factsOf(surface, result)), handle });
    return surfaceOf(surface, handle, result, boundary());
  }
  return (call, result, member) => {
    switch (member) {
      case "promise of a fault":
        return handed(call, result as Fault, FAULT, `fault(${JSON.stringify((result as Fault).id)})`);
      case "probe":
        return handed(call, result as Probe, PROBE, `probe(${JSON.stringify((result as Probe).name)})`);
      case "load": {
        const n = (loads.get(call.path) ?? 0) + 1;
        loads.set(call.path, n);
        return handed(call, result as object, LOAD, `${call.path.replace(/\.start$/, "")}.load(${n})`);
      }
      default:
        end(call, { value: toPlain(result) });
        return result;
    }
  };
}
