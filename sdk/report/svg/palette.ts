// The colours of pictures: each by what it means, for a light page and for a dark one.
//
// A picture names the light colour as an attribute, so that it is right also where style sheets are ignored;
// on a dark page its style sheet puts the dark one in the place of each. Outcomes differ in shape, too, and
// everything else is labelled.

import type { Part } from "../../analysis/explain/explanation.ts";

/** What a colour means. */
export type Colour =
  | "page"
  | "ink"
  | "quiet"
  | "grid"
  | "ok"
  | "info"
  | "fail"
  | "faultBand"
  | "faultBar"
  | "none"
  | `broker${1 | 2 | 3 | 4 | 5}`
  | GroupColour
  | `part ${Part["kind"]}`;

/** What a colour means in the lanes of consumer groups. */
type GroupColour = `partition${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8}` | "rebalancing" | "gone" | "lag";

/**
 * A colour's name is what it means; `broker` colours are taken in turn; those of an outage's parts differ
 * most from what mostly stands beside them.
 */
export const PALETTE: Readonly<Record<Colour, readonly [light: string, dark: string]>> = {
  page: ["#ffffff", "#0d1117"],
  ink: ["#1f2328", "#e6edf3"],
  quiet: ["#59636e", "#9aa4af"],
  grid: ["#e3e7eb", "#262c34"],
  ok: ["#1f6fb4", "#6cb6ff"],
  info: ["#9a5200", "#f0b03f"],
  fail: ["#c4262e", "#ff7b72"],
  faultBand: ["#fdeceb", "#31181a"],
  faultBar: ["#f7c6c2", "#6e2f2c"],
  none: ["#f1f3f5", "#1b2027"],
  broker1: ["#cfe2f6", "#1d3f60"],
  broker2: ["#d3ebcb", "#24472a"],
  broker3: ["#f8e3ae", "#55441b"],
  broker4: ["#e5d6f3", "#46305e"],
  broker5: ["#d8dde2", "#3b424b"],
  "part detection": ["#f5b78a", "#7a4419"],
  "part election": ["#bba6e6", "#4d3a80"],
  "part isr": ["#c5d27a", "#4f5a1c"],
  "part metadata": ["#8fd1c9", "#1c5a54"],
  "part back-off": ["#d3b690", "#5d4a30"],
  "part reconnect": ["#a3c4f1", "#274d80"],
  "part request": ["#eaa7c3", "#783356"],
  "part delay": ["#f0cd62", "#675010"],
  "part healing": ["#a6d7a1", "#2b5a2e"],
  "part start": ["#b9dff0", "#204f66"],
  "part coordinator": ["#cda3d8", "#5f2f6e"],
  "part loading": ["#e3c8f2", "#4b2a63"],
  "part join": ["#f2a48f", "#713522"],
  "part sync": ["#f6cfa0", "#6a4310"],
  "part position": ["#b5d6c6", "#23553f"],
  "part fetch": ["#9fcfb0", "#1f5a38"],
  "part processing": ["#a9bdf5", "#2b3f85"],
  "part commit": ["#dfd58a", "#5c5316"],
  "part other": ["#d3d8de", "#3f4750"],
  "part stalled": ["#c7b3d9", "#54406b"],
  "part starved": ["#e59a90", "#7d342c"],
  "part unexplained": ["#a7adb5", "#5a646f"],
  partition1: ["#b5ddf2", "#174a63"],
  partition2: ["#fbd3a6", "#64401a"],
  partition3: ["#c3e6bd", "#26502b"],
  partition4: ["#f3c4d6", "#642a45"],
  partition5: ["#cbccf5", "#383a78"],
  partition6: ["#e9e29a", "#514c14"],
  partition7: ["#b4e3d8", "#184f45"],
  partition8: ["#e2cbb6", "#543f2d"],
  rebalancing: ["#fff3c4", "#3a3210"],
  gone: ["#e3e6e9", "#2a3038"],
  lag: ["#7b3fb0", "#c49bf5"],
};

/** The light colour, as it stands in a picture's attributes. */
export function colour(name: Colour): string {
  return PALETTE[name][0];
}

const BROKERS: readonly Colour[] = ["broker1", "broker2", "broker3", "broker4", "broker5"];

/** The colour of a broker's bars; `none` where there is no broker. */
export function brokerColour(broker: number | null): string {
  return colour(broker === null ? "none" : BROKERS[(broker - 1 + BROKERS.length * 1000) % BROKERS.length]!);
}

const PARTITIONS = Object.keys(PALETTE).filter((name) => name.startsWith("partition")) as Colour[];

/** The colour of a partition, by its place among those that its group reads; taken in turn. */
export function partitionColour(place: number): string {
  return colour(PARTITIONS[place % PARTITIONS.length]!);
}

const OF_GROUPS: ReadonlySet<string> = new Set([...PARTITIONS, "rebalancing", "gone", "lag"]);

/**
 * The style sheet that swaps the colours of a picture on a dark page; the picture carries the class. Those of
 * consumer groups are in it only where the picture has them.
 */
export function darkStyle(className: string, picture: string): string {
  const rules = Object.entries(PALETTE)
    .filter(([name, [light]]) => !OF_GROUPS.has(name) || picture.includes(`"${light}"`))
    .map(
      ([, [light, dark]]) =>
        `.${className} [fill="${light}"]{fill:${dark}}.${className} [stroke="${light}"]{stroke:${dark}}`,
    );
  const [, ink] = PALETTE.ink;
  return `@media (prefers-color-scheme: dark){.${className}{fill:${ink};color:${ink}}${rules.join("")}}`;
}
