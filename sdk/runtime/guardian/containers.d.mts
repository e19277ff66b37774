export interface Removal {
  what: string;
  list(label: string): string[];
  remove: readonly string[];
}
export const REMOVALS: readonly Removal[];
export function removeLabelled(label: string): number;
