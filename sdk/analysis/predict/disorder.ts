// What damaged, lost or limited traffic costs a client.

import type { Span } from "../../model/prediction.ts";
import type { Situation } from "./situation.ts";
import { span } from "./span.ts";

/** What TCP needs to send again what was lost or damaged, or a queue to become empty. */
export function disorder({ fault }: Situation): Span {
  return span(
    0,
    Math.max(
      0,
      ...(fault.network ?? []).map((one) => {
        switch (one.kind) {
          case "lose":
          case "corrupt":
            // sent again after 0.2 s, 0.4 s, … (TCP_RTO_MIN, doubled)
            return one.percent <= 10 ? 2000 : 15_000;
          case "throttle":
            // fifty small records a second and their replication are some 20 kB/s
            return one.bytesPerSecond < 20_000 ? 15_000 : 2000;
          case "duplicate":
          case "reorder":
            return 1000;
          case "delay":
          case "isolate":
            return 0;
        }
      }),
    ),
  );
}
