// Kafka's own Java client behind the Client port, driven through Kafka's own command line tools.

export { javaClient, type JavaClientOptions } from "./java.ts";
export { type JavaOptions, javaSettings, shownSettings } from "./settings.ts";
export type { ToolName, Tools } from "./tools.ts";
