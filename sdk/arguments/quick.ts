// The options of a send, checked by hand: a program may send 20,000 times a second, and a schema takes a
// tenth of that time.

import type { SendOptions } from "../lab/workload/probe.ts";
import { MOST_KEY_BYTES } from "./options.ts";
import { isSignal, MOST } from "./values.ts";

/**
 * Returns a copy of options that are right at first sight; whatever is not is for the schema to judge, and to
 * name.
 */
export function quickSend(value: unknown): SendOptions | undefined {
  try {
    if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype)
      return undefined;
    for (const name of Reflect.ownKeys(value))
      if (name !== "key" && name !== "partition" && name !== "signal") return undefined;
    const { key, partition, signal } = value as SendOptions;
    const own: SendOptions = {};
    if (partition !== undefined) {
      if (!Number.isInteger(partition) || partition < 0 || partition > MOST) return undefined;
      own.partition = partition;
    }
    if (key !== undefined) {
      if (typeof key !== "string" || key.length * 3 > MOST_KEY_BYTES) return undefined;
      own.key = key;
    }
    if (signal !== undefined) {
      if (!isSignal(signal)) return undefined;
      own.signal = signal;
    }
    return own;
  } catch {
    return undefined;
  }
}
