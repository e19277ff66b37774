// What the Java client needs of the machine: a command line for one of Kafka's tools.

/** The tools that a client is made of. */
export type ToolName = "ConsoleProducer" | "VerifiableProducer" | "VerifiableConsumer";

/** A program of the lab's own, which uses Kafka's client. */
export interface OwnProgram {
  /** For messages: `the lab's member`. */
  readonly name: string;
  /** Its main class. */
  readonly main: string;
  /** The folder of its classes. */
  readonly classes: string;
}

/** Kafka's command line tools, ready to run. */
export interface Tools {
  /** Their version, which is the client's. */
  kafka: string;
  /**
   * Builds the command line of a tool.
   *
   * @param service names the process in the process table
   */
  command(tool: ToolName | OwnProgram, args: readonly string[], service: string): string[];
  /**
   * The lab's member of a consumer group, compiled at the first call; undefined where that is not possible,
   * which is said once.
   */
  memberProgram(): Promise<OwnProgram | undefined>;
}

/** The major version of the tools: what their arguments are called depends on it. */
export function majorOf({ kafka }: Pick<Tools, "kafka">): number {
  return Number.parseInt(kafka, 10);
}
