// `lab.probe` is a probe and the maker of others.

import type { Probe } from "./probe.ts";
import type { ProbeOptions } from "./settings.ts";

/** The default probe, and the maker of others: `lab.probe.send()`, `lab.probe({ acks: 1 })`. */
export type ProbeMaker = Probe & ((options?: ProbeOptions) => Probe);

/** The default probe is made at its first use. */
export function asMaker(makeOne: (options?: ProbeOptions) => Probe): ProbeMaker {
  let own: Probe | undefined;
  const probe = (): Probe => (own ??= makeOne());
  const verbs: Probe = {
    get name() {
      return probe().name;
    },
    get topic() {
      return probe().topic;
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
  const maker = (options?: ProbeOptions): Probe => makeOne(options);
  for (const [key, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(verbs))) Object.defineProperty(maker, key, descriptor);
  return maker as ProbeMaker;
}
