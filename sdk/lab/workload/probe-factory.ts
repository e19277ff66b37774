// `lab.probe` is a probe and the maker of others.

import { isNotebook } from "../../notebook/notebook.ts";
import type { Probe } from "./probe.ts";
import type { ProbeOptions } from "../../client/settings.ts";

/** The default probe, and the factory of others: `lab.probe.send()`, `lab.probe({ acks: 1 })`. */
export type ProbeFactory = Probe & ((options?: ProbeOptions) => Probe);

/** The default probe is made at its first use. */
export function asProbeFactory(makeOne: (options?: ProbeOptions) => Probe): ProbeFactory {
  let own: Probe | undefined;
  const probe = (): Probe => (own ??= makeOne());
  const verbs: Probe = {
    get name() {
      return probe().name;
    },
    get topic() {
      return probe().topic;
    },
    get partition() {
      return probe().partition!; // the compiler takes no getter for what may be absent
    },
    get settings() {
      return probe().settings;
    },
    connect: () => probe().connect(),
    send: (options) => probe().send(options),
    read: (options) => probe().read(options),
    start: (options) => probe().start(options),
    close: () => own?.close() ?? Promise.resolve(),
  };
  const factory = (options?: ProbeOptions): Probe => makeOne(options);
  for (const [key, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(verbs)))
    Object.defineProperty(factory, key, descriptor);
  return factory as ProbeFactory;
}

/**
 * Chooses a name that no other probe has: the history tells clients apart by name.
 *
 * A cell that makes `warm` and is run again closes the first and makes `warm (2)`; elsewhere that is a
 * mistake.
 *
 * @throws TypeError
 */
export function probeName(
  wanted: string | undefined,
  probes: readonly Probe[],
  rerun: boolean = isNotebook(),
): string {
  const taken = (name: string): Probe | undefined => probes.find((one) => one.name === name);
  if (wanted === undefined) return probes.length === 0 ? "probe" : `probe-${probes.length + 1}`;
  if (taken(wanted) === undefined) return wanted;
  if (!rerun)
    throw new TypeError(
      `Cannot make a second probe named ${wanted}: the history tells clients apart by name`,
    );
  let name = wanted;
  for (let turn = 2; taken(name) !== undefined; turn++) {
    void taken(name)!.close(); // awaited by the lab's own end
    name = `${wanted} (${turn})`;
  }
  return name;
}
