// What brokers write in their logs, as values.

export { parseLine, stampMs } from "./line.ts";
export type { ParsedLine } from "./line.ts";
