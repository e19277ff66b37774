// Tells what is going on: nothing while all is quick, a line for whatever takes over two seconds.

import { performance } from "node:perf_hooks";
import { readable } from "./duration.ts";

export interface Teller {
  /** A stage begins; it is told of only once it has taken two seconds, and then every five. */
  begin(stage: string): void;
  /** Tells at once. */
  say(line: string): void;
  /** No stage is under way any more. */
  end(line?: string): void;
}

const SLOW_MS = 2_000;
const AGAIN_MS = 5_000;

/** Makes a teller; by default it writes to standard error, so that standard output holds results only. */
export function teller(listener: ((line: string) => void) | false | undefined): Teller {
  const tell = listener === false ? () => {} : (listener ?? ((line: string) => console.error(`lab: ${line}`)));
  let timer: NodeJS.Timeout | undefined;
  const end = (): void => clearTimeout(timer);
  return {
    begin(stage) {
      end();
      const began = performance.now();
      const again = (): void => {
        tell(`${stage} … ${readable(performance.now() - began)}`);
        timer = setTimeout(again, AGAIN_MS);
        timer.unref();
      };
      timer = setTimeout(again, SLOW_MS);
      timer.unref();
    },
    say: tell,
    end(line) {
      end();
      if (line !== undefined) tell(line);
    },
  };
}
