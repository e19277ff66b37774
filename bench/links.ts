// The local engine's links beside toxiproxy: how exact a delay is, what a link without a fault costs, and how
// fast a long delay is removed under load.
//
//   this process ──▶ link ──────▶ echo (a process of its own)      the same blocks of the same work, in turn
//                ──▶ toxiproxy ─▶
//                ───────────────▶

import { randomBytes } from "node:crypto";
import type { NetFault } from "@kafka-failure-lab/sdk";
import { claimFolder, release, startLinks } from "@kafka-failure-lab/sdk/testing";
import type { Figure, PartOptions } from "./figure.ts";
import { onKafka } from "./links/kafka.ts";
import { cycles, removal } from "./links/load.ts";
import { DELAY_MS, PORT, serve } from "./links/places.ts";
import { exactness, idle } from "./links/round-trips.ts";
import { startToxiproxy } from "./toxiproxy.ts";

/** Measures the links, beside toxiproxy where it can be built. */
export async function links({ runs = 5, folder, say }: PartOptions): Promise<Figure[]> {
  await using toxiproxy = await startToxiproxy(PORT.api, say);
  await using echo = await serve("echo");
  await using sink = await serve("sink");
  const claim = claimFolder(`bench${randomBytes(4).toString("hex")}`, false);
  const fronts = await startLinks({
    record: { ...claim.record, kind: "links", service: "links" },
    nodes: [
      { service: "echo", broker: 1, client: null },
      { service: "sink", broker: 2, client: null },
    ],
    orders: [
      {
        node: "echo",
        kind: "data",
        listeners: [{ dialer: "", host: "127.0.0.1", port: PORT.link }],
        to: echo.port,
      },
      {
        node: "sink",
        kind: "data",
        listeners: [{ dialer: "", host: "127.0.0.1", port: PORT.sinkLink }],
        to: sink.port,
      },
    ],
  });
  try {
    await toxiproxy?.proxy(PORT.toxiproxy, echo.port);
    await toxiproxy?.proxy(PORT.sinkToxiproxy, sink.port);
    const slow = (broker: number, delayMs: number): NetFault[] => [
      { kind: "delay", broker, path: "all", direction: "out", delayMs, jitterMs: 0 },
    ];
    return [
      ...(await idle(echo.port, toxiproxy, runs, say)),
      ...(await exactness(
        toxiproxy,
        (on) => fronts.network.apply(on ? slow(1, DELAY_MS) : []),
        runs * 20,
        say,
      )),
      ...(await removal(
        toxiproxy,
        (on) =>
          fronts.network.apply(
            on
              ? [{ kind: "delay", broker: 2, path: "all", direction: "in", delayMs: 6000, jitterMs: 0 }]
              : [],
          ),
        Math.min(runs, 3),
        say,
      )),
      ...(await cycles((on) => fronts.network.apply(on ? slow(1, 5) : []), fronts.pid, say)),
      ...(await onKafka(toxiproxy, runs, folder, say)),
    ];
  } finally {
    await fronts.close({ keep: false });
    release(claim);
  }
}
