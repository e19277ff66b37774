// What `tc` and `iptables-save` say of a namespace, read.

import type { Counts } from "../../network.ts";
import { ifbOf, type Plan } from "./plan.ts";

/** One queueing discipline, as `tc -s -j qdisc show` prints it. */
export interface Qdisc {
  kind: string;
  handle: string;
  dev: string;
  root?: boolean;
  parent?: string;
  options?: Readonly<Record<string, unknown>>;
  packets?: number;
  drops?: number;
  qlen?: number;
}

/** Reads `tc -j qdisc show`; undefined where it is no such list. */
export function readQdiscs(text: string): Qdisc[] | undefined {
  try {
    return (JSON.parse(text) as Partial<Qdisc>[]).flatMap((one) =>
      one.kind !== undefined && one.dev !== undefined
        ? [{ handle: "0:", ...one, kind: one.kind, dev: one.dev }]
        : [],
    );
  } catch {
    return undefined;
  }
}

const OWN = /^7ab[2-9a-f]?:$/;

function isOwn({ handle }: Qdisc): boolean {
  return OWN.test(handle);
}

/** Says whether anything is there that a lab made. */
export function hasOwn(qdiscs: readonly Qdisc[]): boolean {
  return qdiscs.some((one) => isOwn(one) || one.dev.startsWith("kfl-"));
}

/**
 * Finds what others made where the plan's own would go: at a root anything but the kernel's default, which
 * has no handle.
 */
export function foreignTo(
  qdiscs: readonly Qdisc[],
  { tc, turned }: Pick<Plan, "tc" | "turned">,
): Qdisc | undefined {
  return qdiscs.find((one) => {
    if (one.root === true)
      return (
        one.handle !== "0:" &&
        !isOwn(one) &&
        tc.some((line) => line.startsWith(`qdisc add dev ${one.dev} root `))
      );
    return (
      (one.kind === "ingress" || one.kind === "clsact") &&
      turned.includes(one.dev) &&
      !qdiscs.some(({ dev }) => dev === ifbOf(one.dev))
    );
  });
}

/** Counts what the lab's own qdiscs and rules did. */
export function readCounts(qdiscs: readonly Qdisc[], saved: string): Counts {
  const leaves = qdiscs.filter((one) => isOwn(one) && (one.kind === "netem" || one.kind === "pfifo"));
  // netem counts what it lost on purpose among its drops
  const dropped = leaves
    .filter(({ options = {} }) => !("loss-random" in options) && !("corrupt" in options))
    .reduce((sum, { drops = 0 }) => sum + drops, 0);
  const lost = leaves.reduce((sum, { drops = 0 }) => sum + drops, 0) - dropped;
  const [passed, waiting] = [
    leaves.reduce((sum, { packets = 0 }) => sum + packets, 0),
    leaves.reduce((sum, { qlen = 0 }) => sum + qlen, 0),
  ];
  const [stopped, rejected] = ["DROP", "REJECT"].map((target) =>
    [...saved.matchAll(new RegExp(`^\\[(\\d+):\\d+\\] -A KFL-\\S+ .*-j ${target}\\b`, "gm"))].reduce(
      (sum, [, packets]) => sum + Number(packets),
      0,
    ),
  ) as [number, number];
  const shaped = [
    `${passed} packets passed the fault`,
    ...(waiting > 0 ? [`${waiting} wait in it`] : []),
    ...(lost > 0 ? [`${lost} were lost on purpose`] : []),
    `${dropped} dropped by the limit`,
  ].join(", ");
  const ruled = `iptables dropped ${stopped} packets${rejected > 0 ? ` and rejected ${rejected}` : ""}`;
  return {
    text: [...(leaves.length === 0 ? [] : [shaped]), ...(saved.includes("-A KFL-") ? [ruled] : [])].join(
      "; ",
    ),
    acted: passed + waiting + lost + stopped + rejected,
    dropped,
  };
}
