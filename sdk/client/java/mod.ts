// Kafka's own Java client behind the Client port, driven through Kafka's own command line tools.

export { assertNoPartition, javaClient, type JavaClientOptions } from "./java.ts";
export { javaSecurity } from "./security.ts";
export { type JavaOptions, javaSettings } from "./settings.ts";
export type { OwnProgram, ToolName, Tools } from "./tools.ts";
