// What the Java client needs of the machine: a command line for one of Kafka's tools.

/** The tools that a client is made of. */
export type ToolName = "ConsoleProducer" | "VerifiableProducer" | "VerifiableConsumer";

/** Kafka's command line tools, ready to run. */
export interface Tools {
  /** Their version, which is the client's. */
  kafka: string;
  /**
   * Builds the command line of a tool.
   *
   * @param service names the process in the process table
   */
  command(tool: ToolName, args: readonly string[], service: string): string[];
}

/** The major version of the tools: what their arguments are called depends on it. */
export function majorOf({ kafka }: Tools): number {
  return Number.parseInt(kafka, 10);
}
