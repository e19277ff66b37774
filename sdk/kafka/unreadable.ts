// Records that cannot be read, and why.

/** Why records cannot be read, which no second try changes. */
export type UnreadableCause =
  /** Compressed in a way that the lab does not know. */
  | "codec"
  /** Written by Kafka before 0.11. */
  | "format"
  /** Not what their own header says. */
  | "corrupt"
  /** Larger than the lab decompresses. */
  | "size";

/** Thrown where records cannot be read; the message says what was found. */
export class UnreadableRecords extends Error {
  override readonly name = "UnreadableRecords";
  readonly reason: UnreadableCause;

  constructor(reason: UnreadableCause, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.reason = reason;
  }
}

/** The error of records that are larger than `maxBytes`. */
export function tooLarge(maxBytes: number): UnreadableRecords {
  return new UnreadableRecords("size", `a batch of more than ${maxBytes} bytes once decompressed`);
}
