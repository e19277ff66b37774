// One line of a tool's output: what it logged, a JSON object that it printed, or the rest of a line before.
//
//   2026-11-25T00:41:50.296Z DEBUG org.apache.kafka.clients.NetworkClient [Producer clientId=…] Sending …
//   {"timestamp":1795567310319,"name":"producer_send_success","key":null,"value":"7.0","offset":3,…}
//   java.net.ConnectException: Connection refused

/** What a client logged, by the lab's own layout (client-log4j*.properties). */
export interface LogLine {
  kind: "log";
  /** Milliseconds since the epoch, whole. */
  epochMs: number;
  level: string;
  logger: string;
  /** Without the client's name before it. */
  text: string;
}

/** What a tool printed of itself. */
export interface ToolLine {
  kind: "tool";
  epochMs: number;
  /** `startup_complete`, `producer_send_success`, … */
  name: string;
  facts: Readonly<Record<string, unknown>>;
}

export type Line = LogLine | ToolLine | { kind: "rest"; text: string };

const LOGGED = new RegExp(
  /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) ([A-Z]+) (\S+) /.source +
    /(?:\[(?:Producer|Consumer) (?:instanceId|clientId)=[^\]]*\] )?(.*)$/.source,
);

/** Reads one line; never fails. */
export function readLine(text: string): Line {
  const [, at, level, logger, rest] = LOGGED.exec(text) ?? [];
  if (at !== undefined)
    return { kind: "log", epochMs: Date.parse(at), level: level!, logger: logger!, text: rest! };
  if (!text.startsWith("{")) return { kind: "rest", text };
  try {
    const { timestamp, name, ...facts } = JSON.parse(text) as Record<string, unknown>;
    return typeof timestamp === "number" && typeof name === "string"
      ? { kind: "tool", epochMs: timestamp, name, facts }
      : { kind: "rest", text };
  } catch {
    return { kind: "rest", text };
  }
}

/**
 * The lines that show a reader of a history what happened to the client; those of single requests are
 * attempts instead.
 */
export function isNotable({ level, logger, text }: LogLine): boolean {
  if (level === "WARN" || level === "ERROR" || level === "FATAL") return true;
  if (level !== "INFO") return false;
  return NOTABLE.test(logger) || text.startsWith("ProducerId set");
}

/** With KIP-848 a consumer logs by its managers of coordinator, membership and heartbeats. */
const NOTABLE = new RegExp(
  String.raw`\.(?:NetworkClient|Sender|ConsumerCoordinator|ConsumerUtils|SubscriptionState|FetchCollector` +
    String.raw`|CoordinatorRequestManager|\w*MembershipManager|\w*HeartbeatRequestManager)$`,
);
