// What is kept beside a notebook's outputs: the recordings of its labs, and what the outputs came to.

import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { openRun, type Result } from "@kafka-failure-lab/sdk";
import type { Captured } from "./file.ts";
import type { Executed } from "./run.ts";
import { isContent, text } from "./wire.ts";

export interface Recording {
  /** Where the labs are recorded while the notebook runs. */
  readonly staged: string;
  /** Puts it in the place of the one before. */
  keep(): void;
  drop(): void;
}

/** A recording takes the place of the one before only once the notebook has come to its end. */
export function recording(dir: string): Recording {
  const staged = mkdtempSync(path.join(os.tmpdir(), "recording-"));
  const drop = (): void => rmSync(staged, { recursive: true, force: true });
  return {
    staged,
    keep() {
      rmSync(dir, { recursive: true, force: true });
      if (existsSync(path.join(staged, "1"))) cpSync(staged, dir, { recursive: true });
      drop();
    },
    drop,
  };
}

/**
 * What a notebook's metadata keeps of a result; Kafka and engine are the first lab's where the result does
 * not name them.
 */
export async function capturedFrom(
  result: Result,
  how: { executed: Executed; kernel: string; recording: string; capturedAt: Date },
): Promise<Captured> {
  const own: unknown = result;
  const named = isContent(own) ? { kafka: text(own["kafka"]), engine: text(own["engine"]) } : {};
  const first = path.join(how.recording, "1");
  const lab = existsSync(first) ? await openRun(first) : undefined;
  return {
    verdict: result.verdict,
    figures: result.figures,
    kafka: named.kafka ?? lab?.kafka ?? null,
    engine: named.engine ?? lab?.engine ?? null,
    kernel: how.kernel,
    tookMs: how.executed.tookMs,
    date: how.capturedAt.toISOString(),
  };
}
