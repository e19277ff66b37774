import { dice } from "../../sdk/analysis/hunt/dice.ts";

/** A generator of numbers from 0 to below 1 that a seed determines. */
export function random(seed: number): () => number {
  return dice(seed).next;
}
