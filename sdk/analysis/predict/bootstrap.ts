// A client and its bootstrap list: all that it knows before its first answer, and all that kafkajs knows
// after a reset.
//
// A server that is silent, or later than the client waits, costs one request timeout; then the next of the
// list is tried (the probe and Java), or none is (kafkajs by itself, issue 1783). A server that refuses costs
// nothing.

import { processOf } from "../../faults/mod.ts";
import type { Situation } from "./situation.ts";
import { span } from "./span.ts";
import type { Span } from "../../model/prediction.ts";

/** Whether a client that starts now ever hears of the cluster. */
export function canBootstrap(situation: Situation): boolean {
  const { client } = situation;
  const ways = seeds(situation);
  // what is late is not lost: delays.ts tells by which timeout it is ended
  const isLate = (situation.fault.network ?? []).some(({ kind }) => kind === "delay");
  if (!ways.includes("open")) return isLate && ways.includes("silent");
  // kafkajs takes a connection whose ApiVersions timed out for a good one, and stays with it (kafkajs issue
  // 1783)
  return client.client === "java" || client.dropHungConnections || ways[0] !== "silent";
}

/** How long a cold client may need until a bootstrap server answers. */
export function bootstrapSpan(situation: Situation): Span {
  const { client } = situation;
  const ways = seeds(situation);
  // Java draws one by chance; kafkajs goes through its list, to its end where none answers in time
  const asked =
    client.client === "java" || !ways.includes("open") ? ways : ways.slice(0, ways.indexOf("open"));
  const silent = asked.filter((is) => is === "silent").length;
  return span(
    client.client === "kafkajs" ? silent * client.requestTimeout : 0,
    silent * client.requestTimeout + situation.work(800),
  );
}

/**
 * Whether a client that knows the cluster may not find its way back. kafkajs, whose last connection has
 * broken, dials its bootstrap list only: what begins afterwards asks the brokers that it knows, what is under
 * way does not, and where all of it is, nobody asks any more. A leader that is asked to stop still answers
 * that it leads no longer, and tells of the others, before it closes its connections.
 */
export function isStuckOnBootstrap({ client, fault, reach, nodeOf }: Situation): boolean {
  if (client.client !== "kafkajs" || processOf(fault) === "shutdown") return false;
  const known = client.bootstrap.flatMap((broker) => nodeOf(broker) ?? []);
  return known.length > 0 && known.every((node) => reach.fromClient(node).state !== "open");
}

/** How each bootstrap server meets a new connection. */
function seeds({ client, reach, nodeOf }: Situation): ("open" | "silent" | "refusing")[] {
  return client.bootstrap
    .flatMap((broker) => nodeOf(broker) ?? [])
    .map((node) => {
      const { state, addsMs } = reach.fromClient(node, true);
      return state === "open" && addsMs >= client.requestTimeout ? "silent" : state;
    });
}
