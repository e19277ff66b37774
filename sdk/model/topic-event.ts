// A topic that was deleted, or deleted and made again, while a run went on.

/**
 * Somebody deleted a topic, or deleted it and made another one of the same name: its id differs (KIP-516).
 * The records of the topic that was before are gone with it.
 */
export interface TopicEvent {
  kind: "topic";
  /** When it was observed, up to half a second after it happened. */
  atMs: number;
  topic: string;
  /**
   * The id of the topic that now has the name; null if there is none. The same as `before` if brokers that
   * did not know the topic know it again: it was never deleted.
   */
  id: string | null;
  /** The last id that was seen before. */
  before: string;
}
