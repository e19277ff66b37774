// Records calls: each with its arguments, when it ended, and what it returned or threw.

import { type Call, failureOf, isPromised, plainArgs, toPlain } from "./call.ts";
import { type Boundary, factsOf, HANDLES, type Member, surfaceOf } from "./surface.ts";

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

/** Ends a call: what it returned that has verbs gets a handle, under which its own calls are recorded. */
function handles(
  { end }: Book,
  boundary: () => Boundary,
): (call: Call, result: unknown, member: Member) => unknown {
  const loads = new Map<string, number>();
  const named = (kind: string, name: string): string => `${kind}(${JSON.stringify(name)})`;
  function handleOf({ path }: Call, result: object, member: Member): string {
    const { id = "", name = "" } = result as { id?: string; name?: string };
    switch (member) {
      case "load": {
        const n = (loads.get(path) ?? 0) + 1;
        loads.set(path, n);
        return `${path.replace(/\.start$/, "")}.load(${n})`;
      }
      case "promise of a fault":
      case "promise of a member's fault":
        return named("fault", id);
      default:
        return named(member.replace(/^promise of an? /, ""), name); // watch, group, member, probe
    }
  }
  return (call, result, member) => {
    const surface = HANDLES[member];
    if (surface === undefined) {
      end(call, { value: toPlain(result) });
      return result;
    }
    const handle = handleOf(call, result as object, member);
    end(call, { value: toPlain(factsOf(surface, result as object)), handle });
    return surfaceOf(surface, handle, result as object, boundary());
  };
}
