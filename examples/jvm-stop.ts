// A kind of fault of your own, in one file: a JVM that stands still, as in a long garbage collection.

import { defineFault, type Duration, type FaultFactory } from "@kafka-failure-lab/sdk";

export const jvmStop: FaultFactory<{ pause?: Duration }> = defineFault({
  kind: "jvm-stop",
  noun: "JVM stop",
  about: "all threads of a broker stand still, as in a long garbage collection",
  options: { pause: { type: "duration", about: "how long", default: "3s" } },
  process: "freeze", // what predictions and explanations are derived from
  lasts: ({ pause }) => pause, // the lab undoes it then
  apply: ({ engine, node }) => engine.pause(node.service),
  undo: ({ engine, node }) => engine.resume(node.service),
  async verify({ broker, roundTrip }, phase) {
    const isStopped = phase === "applied";
    const tookMs = await roundTrip(isStopped ? "500ms" : "10s");
    return [
      {
        what: `a client's request to broker ${broker}`,
        expected: isStopped ? "no answer within 500 ms" : "an answer within 10 s",
        measured: tookMs === null ? "no answer" : `an answer after ${tookMs.toFixed(1)} ms`,
        holds: (tookMs === null) === isStopped,
      },
    ];
  },
});
