// Reads a topic with VerifiableConsumer, as an application would: with a group of its own, from the
// beginning.

import { performance } from "node:perf_hooks";
import type { ReadRecord } from "../../model/history.ts";
import type { WasRead } from "../client.ts";
import { isRefusal } from "../../kafka/security/mod.ts";
import { askSpans, type SpansOptions } from "../ask-spans.ts";
import { isUnread, noteRecord, resultOf, type Span } from "../spans.ts";
import type { Line, ToolLine } from "./line.ts";
import type { Program } from "./program.ts";

export interface ReadOptions extends SpansOptions {
  timeoutMs: number;
  /** Starts the consumer. */
  start(onLine: (line: Line) => void): Promise<Program>;
}

/** Reads up to the end of each partition as it is at the call, and reports how far it came. */
export async function readTopic(options: ReadOptions): Promise<WasRead> {
  const deadline = performance.now() + options.timeoutMs;
  const records: ReadRecord[] = [];
  let spans: Span[] = [];
  let error: string | undefined;
  try {
    spans = await askSpans(options, deadline);
    if (isUnread(spans)) await consume(options, spans, records, deadline);
  } catch (e) {
    if ((e as { code?: unknown }).code === "BAD_CLIENT" || isRefusal(e)) throw e;
    error = (e as Error).message;
  }
  return resultOf(spans, records, error);
}

async function consume(
  { start, signal, timeoutMs }: ReadOptions,
  spans: readonly Span[],
  records: ReadRecord[],
  deadline: number,
): Promise<void> {
  let program: Program | undefined;
  let abort = (): void => {};
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      timer = setTimeout(
        () => reject(new Error(`not read to the end within ${timeoutMs} ms`)),
        Math.max(0, deadline - performance.now()),
      );
      signal?.addEventListener("abort", (abort = () => reject(signal.reason as Error)), { once: true });
      start((line) => {
        if (line.kind !== "tool" || line.name !== "record_data") return;
        noteRecord(spans, records, recordIn(line));
        if (!isUnread(spans)) resolve();
      }).then((started) => {
        program = started;
        void started.ended.then(reject);
        if (signal?.aborted) abort();
      }, reject);
    });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
    program?.endGently(); // it leaves its group; its owner ends it where it does not
  }
}

function recordIn({ facts }: ToolLine): ReadRecord {
  const { partition, offset, value } = facts as { partition: number; offset: number; value: string | null };
  const tombstone = value === null ? ({ tombstone: true } as const) : {};
  return { partition, offset: String(offset), value: value ?? "", ...tombstone };
}
