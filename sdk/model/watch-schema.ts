// The events of watches, as they must look.

import type { Arrival, ArrivalsEvent, WatchEndEvent, WatchEvent } from "./operation.ts";
import {
  type Fields,
  fields,
  flag,
  listOf,
  number,
  offset,
  oneOf,
  optional,
  type ShapesOf,
  text,
  whole,
} from "./shape.ts";

const arrival: Fields<Arrival> = {
  partition: whole,
  offset,
  value: text,
  key: optional(text),
  notBeforeMs: number,
  atMs: number,
  stampMs: optional(number),
};
const watched = { atMs: number, watch: text, topic: text };
/** By kind, a shape for every field. */
export const WATCHES: {
  watch: ShapesOf<WatchEvent>;
  arrivals: ShapesOf<ArrivalsEvent>;
  "watch end": ShapesOf<WatchEndEvent>;
} = {
  watch: {
    ...watched,
    by: oneOf("value", "key"),
    partitions: listOf(fields({ partition: whole, from: offset })),
  },
  arrivals: { ...watched, records: listOf(fields(arrival)) },
  "watch end": {
    ...watched,
    partitions: listOf(fields({ partition: whole, to: offset, complete: flag, error: optional(text) })),
  },
};
