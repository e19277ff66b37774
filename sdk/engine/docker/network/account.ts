// What is said of a change: how it was done, in what it differs, and why it failed.

import { LabError } from "../../../model/errors.ts";
import type { Broker } from "../../../model/history.ts";
import type { NetFault } from "../../../model/traffic.ts";
import type { Plan } from "./plan.ts";
import { foreignTo, type Qdisc } from "./qdiscs.ts";
import { REORDER_MS } from "./tree.ts";

/** Names the programs and what they used: `tc netem`, `tc htb`, `iptables`. */
export function viaOf(plans: readonly Plan[], isHeal: boolean): string {
  const tc = plans.flatMap(({ tc }) => tc);
  const kinds = ["netem", "htb"].filter((kind) => tc.some((line) => line.includes(` ${kind} `)));
  const shaped = tc.length === 0 ? [] : isHeal ? ["tc qdisc del"] : [`tc ${kinds.join(" and ")}`];
  const ruled = plans.some(({ rules }) => rules.length > 0) ? [isHeal ? "iptables -D" : "iptables"] : [];
  return [...shaped, ...ruled].join(", ") || "nothing to change";
}

export function differsOf(
  faults: readonly NetFault[],
  { hasNetem, helpers }: { hasNetem: boolean; helpers: readonly (string | undefined)[] },
): string[] {
  const has = (...kinds: readonly NetFault["kind"][]): boolean =>
    faults.some(({ kind }) => kinds.includes(kind));
  return [
    ...new Set(helpers.flatMap((text) => text ?? [])),
    ...(has("delay") &&
    faults.some(({ kind, path }) => kind === "delay" && (path === "all" || path === "clients"))
      ? [
          "docker-proxy answers a connection to a published port itself, at once: " +
            "the delay of its handshake shows in the first request",
        ]
      : []),
    ...(has("reorder") && !has("delay")
      ? [`netem reorders by letting packets overtake others: those wait ${REORDER_MS} ms`]
      : []),
    ...(has("lose") && !hasNetem ? ["lost by iptables, since the kernel has no netem"] : []),
    ...(has("throttle") && !hasNetem ? ["throttled by htb, since the kernel has no netem"] : []),
    ...(faults.some((fault) => fault.kind === "isolate" && fault.how === "reset")
      ? ["a connection on which nothing is sent is reset when next something is"]
      : []),
  ];
}

/** What a sweep of a namespace came to. */
export interface SweptNamespace {
  /** Something of a lab was there, and was removed. */
  readonly healed: boolean;
  /** Why it is not known whether something was there; empty where all was seen. */
  readonly unseen: readonly string[];
}

/**
 * A line for each network that was healed, and one for all that could not be looked at for the same reason.
 */
export function sweptLines(swept: readonly (SweptNamespace & { service: string })[]): string[] {
  const reasons = new Set(swept.flatMap(({ unseen }) => unseen));
  const namesOf = (which: (one: SweptNamespace) => boolean): string =>
    swept
      .filter(which)
      .map(({ service }) => service)
      .join(", ");
  return [
    ...swept
      .filter(({ healed }) => healed)
      .map(({ service }) => `healed the network of ${service}, which an earlier lab had left broken`),
    ...[...reasons].map(
      (why) =>
        `could not look at the network of ${namesOf(({ unseen }) => unseen.includes(why))} (${why}): ` +
        "a fault that an earlier lab left there stays",
    ),
  ];
}

interface Failed {
  what: string;
  /** Its name. */
  container: string;
  broker: Broker | null;
  /** What is there. */
  qdiscs: readonly Qdisc[];
  wants: Plan;
}

/**
 * Makes the typed error for a command that failed, where what is there, or what it said, tells why; undefined
 * where another try may help.
 */
export function explain(
  error: unknown,
  { what, container, broker, qdiscs, wants }: Failed,
): LabError | undefined {
  const facts = {
    ...(error instanceof LabError
      ? { command: error.facts.command ?? "docker", stderr: error.facts.stderr ?? "" }
      : {}),
    ...(broker === null ? {} : { broker }),
    cause: error,
  };
  const foreign = foreignTo(qdiscs, wants);
  if (foreign !== undefined) {
    const at = foreign.root ? "root" : "ingress";
    return new LabError(
      "FOREIGN_QDISC",
      `Cannot ${what}: at the ${at} of ${foreign.dev} in ${container} is a ${foreign.kind} qdisc ` +
        `(handle ${foreign.handle}) that the lab did not make, and it is not replaced`,
      {
        ...facts,
        hint:
          "Whoever made it removes it by: " +
          `docker exec -u root ${container} tc qdisc del dev ${foreign.dev} ${at}`,
      },
    );
  }
  const kind = /qdisc kind is unknown|Specified qdisc not found/i.test(facts.stderr ?? "");
  if (kind)
    return new LabError(
      "UNSUPPORTED",
      `Cannot ${what}: the kernel that runs the containers has no such queueing discipline`,
      { ...facts, hint: "sudo modprobe sch_netem, on the machine that runs the containers." },
    );
  return undefined;
}
