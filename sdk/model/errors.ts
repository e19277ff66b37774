// The one error class of the lab. The SDK throws when the lab breaks, and returns when Kafka breaks.

import { printableCause } from "./cause.ts";
import { printable } from "./printable.ts";

/** The kind of failure, for programs. */
export type ErrorCode =
  | "AUTHENTICATION" // the cluster refuses the user name, the password or the SASL mechanism
  | "BAD_CLIENT" // a client's program rejects its properties, or exits unexpectedly
  | "BAD_COMPOSE" // a compose file that cannot be read, or that asks for what the lab does not support
  | "BAD_CONFIGURATION" // a file to diagnose that cannot be read, or whose kind is unknown
  | "BAD_ENVIRONMENT" // an invalid value of one of the lab's environment variables
  | "BAD_RUN" // a recorded run whose files are invalid
  | "CHECKSUM" // a jar differs from its pinned sha256
  | "COMMAND_FAILED" // a program that the lab ran, or a system call, failed
  | "DISK_FULL"
  | "ELIGIBLE_LEADERS_NOT_AVAILABLE" // an unclean election, and none of the replicas is alive
  | "FILE_CHANGED" // a file is not what was read of it, so it is not written
  | "FOREIGN_QDISC" // a queueing discipline that the lab did not make is in the place of the lab's
  | "INVALID_CONFIG" // a broker refuses a setting, or its value
  | "INTERRUPTED" // a notebook's cell was interrupted
  | "KERNEL_DIED" // a notebook's kernel exited unexpectedly
  | "LAB_CLOSED"
  | "NO_CLUSTER" // attachLab: no bootstrap server answers, or none of the brokers that they name
  | "NO_COMPOSE" // no docker compose
  | "NO_CONTROLLER" // the target is the controller, and the quorum has none
  | "NO_COORDINATOR" // the target is the coordinator of a group, and no broker knows one
  | "NO_ENGINE" // no engine can run: for docker no client, daemon or permission
  | "NO_IMAGE" // an image is not present and cannot be pulled
  | "NO_JAVA" // Java missing or too old
  | "NO_KAFKA" // the jars cannot be downloaded
  | "NO_KERNEL" // a notebook's kernel is not installed
  | "NO_LEADER" // a target asks for a leader and the partition, or the group, has none
  | "NO_MAVEN"
  | "NO_SUCH_BROKER"
  | "NO_SUCH_MEMBER" // a target names a group that is not open in the lab, or a member that it does not have
  | "NO_SUCH_PARTITION" // a target or a prediction names a topic or partition that the cluster does not have
  | "NO_SUCH_PROJECT" // attachLab: no container belongs to it
  | "NO_SUCH_RUN" // a folder without a recorded run
  | "NO_SUCH_TOPIC" // the topic is not there, and the lab was not asked to create it
  | "NOT_EFFECTIVE" // a fault has no effect; it was rolled back
  | "NOT_HEALED"
  | "NOT_RECORDED" // a replay was asked for a call that its recording does not have
  | "NOT_READY" // timed out waiting for a condition
  | "PORT_TAKEN"
  | "PREFERRED_LEADER_NOT_AVAILABLE" // the preferred replica is not alive, or not in sync
  | "PROJECT_TAKEN" // a compose project or container of that name exists already
  | "TLS_HANDSHAKE" // no TLS connection: a certificate is not trusted, missing, or for another host
  | "UNSAFE_FOLDER" // a folder that another user owns or can write to: it is not used
  | "UNSAFE_NAME" // a name that leads out of its folder
  | "UNSUPPORTED"; // this engine cannot do that; the message names what can

/** Named facts about a failure; all optional, units in the names. */
export interface ErrorFacts {
  /** The broker's number, from 1. */
  broker?: number;
  /** The program and its arguments, as run. */
  command?: string;
  /** The command's exit code; null if a signal ended it. */
  exitCode?: number | null;
  /** The file that is wrong or could not be used. */
  file?: string;
  /** The line in that file, from 1. */
  line?: number;
  /** The TCP port. */
  port?: number;
  /** The last lines that the program wrote to its standard error. */
  stderr?: string;
  /** In milliseconds. */
  tookMs?: number;
  /** A question about the likely cause, or the command that fixes it. */
  hint?: string;
  /** The error that caused it. */
  cause?: unknown;
}

/**
 * Thrown for every failure of the lab itself.
 *
 * The first line is what could not be done, a colon, and the state; then the facts, one a line; last the
 * hint. The message is printable, whatever it quotes; `facts` are unchanged.
 */
export class LabError extends Error {
  /** `"LabError"`. */
  override readonly name: string = "LabError";
  /** What kind of failure it is. */
  readonly code: ErrorCode;
  /** What is known about the failure; frozen. */
  declare readonly facts: Readonly<ErrorFacts>;

  constructor(code: ErrorCode, message: string, facts: ErrorFacts = {}) {
    super(
      layOut(message, facts),
      facts.cause === undefined ? undefined : { cause: printableCause(facts.cause) },
    );
    this.code = code;
    // not enumerable: a runtime shows what is, raw, where nobody has caught the error
    Object.defineProperty(this, "facts", { value: Object.freeze({ ...facts }) });
  }

  /** `LabError [NOT_READY]: …`, as it appears in a stack trace. */
  override toString(): string {
    return `${this.name} [${this.code}]: ${this.message}`;
  }
}

type InspectOptions = Readonly<Record<string, unknown>>;

/** What Node's and Deno's consoles show of it: facts are as they came, so they are made printable here. */
Object.defineProperty(LabError.prototype, Symbol.for("nodejs.util.inspect.custom"), {
  value(
    this: LabError,
    _depth: number,
    { stylize: _, ...options }: InspectOptions,
    inspect: (value: unknown, options: InspectOptions) => string,
  ): string {
    const bare = { ...options, colors: false, customInspect: false };
    const { cause: __, ...facts } = this.facts;
    const shown = Object.keys(facts).length === 0 ? "" : ` facts: ${inspect(facts, bare)}`;
    return printable(inspect(this, bare) + shown, { lines: true });
  },
});

/** The state that an error's first line tells, without what could not be done. */
export function stateOf({ message }: LabError): string {
  return message.split("\n", 1)[0]!.replace(/^Cannot [^:]*: /, "");
}

function layOut(message: string, facts: ErrorFacts): string {
  const lines = [printable(message, { lines: true })];
  if (facts.file !== undefined)
    lines.push(`  file     ${printable(facts.file)}${facts.line === undefined ? "" : `:${facts.line}`}`);
  if (facts.command !== undefined) lines.push(`  command  ${printable(facts.command)}`);
  const last = facts.stderr?.trim().split("\n").at(-1);
  if (last) lines.push(`  stderr   ${printable(last, { limit: STDERR })}`);
  if (facts.hint !== undefined) lines.push(`  ${printable(facts.hint, { lines: true })}`);
  // a line break in what is quoted must not begin a line that looks like another message
  return lines.join("\n").replace(/\n(?! {2})/g, "\n  ");
}

/** More letters of a tool's last line are not read. */
const STDERR = 500;
