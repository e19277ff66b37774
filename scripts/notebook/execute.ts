// Runs a cell and collects its outputs.

import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { LabError, readable } from "@kafka-failure-lab/sdk";
import type { Kernel } from "./kernel.ts";
import { collector, type Output } from "./outputs.ts";
import { type Content, type Message, text } from "./wire.ts";

/** How a cell ended. */
export interface CellRun {
  outputs: readonly Output[];
  isOk: boolean;
  tookMs: number;
}

const BARRIER_MS = 30_000;
const AGAIN_MS = 50;

/**
 * Runs one cell; an error in it is a result, not a rejection.
 *
 * @throws LabError KERNEL_DIED; NOT_READY after `timeoutMs`, the cell then still runs
 */
export async function runCell(
  kernel: Kernel,
  code: string,
  { timeoutMs }: { timeoutMs: number },
): Promise<CellRun> {
  const began = performance.now();
  for (;;) {
    const { outputs, take } = collector();
    const reply = await execute(kernel, { code, store_history: true }, timeoutMs, take).catch(
      (error: unknown): never => {
        if (error instanceof LabError && error.code === "NOT_READY")
          throw timedOut(timeoutMs, "the cell to end", error);
        throw error;
      },
    );
    const tookMs = Math.round(performance.now() - began);
    // for 200 ms after an error tslab aborts every request
    if (reply["status"] === "abort" || reply["status"] === "aborted") {
      await delay(AGAIN_MS);
      continue;
    }
    if (kernel.spec.name === "deno") await drain(kernel, take);
    // Deno's kernel reports compile errors in its reply only
    if (
      reply["status"] === "error" &&
      reply["ename"] !== undefined &&
      !outputs.some(({ output_type }) => output_type === "error")
    )
      take({ type: "error", parent: undefined, content: reply });
    return { outputs, isOk: reply["status"] === "ok", tookMs };
  }
}

function execute(
  kernel: Kernel,
  content: Content,
  timeoutMs: number,
  onMessage: (message: Message) => void,
): Promise<Content> {
  return kernel.request(
    "execute_request",
    { silent: false, user_expressions: {}, allow_stdin: false, stop_on_error: true, ...content },
    { timeoutMs, onMessage },
  );
}

/**
 * Collects what Deno's kernel publishes after it has reported that a cell is done.
 *
 * It prints through a queue, and attributes the queue's output to the cell that began last, whichever printed
 * it. So another cell prints a mark: the output before the mark is the cell's.
 */
async function drain(kernel: Kernel, take: (message: Message) => void): Promise<void> {
  const mark = `end of cell ${randomUUID()}`;
  let timer: NodeJS.Timeout | undefined;
  await new Promise<void>((resolve, reject) => {
    timer = setTimeout(() => reject(timedOut(BARRIER_MS, "the end of the cell's output")), BARRIER_MS);
    const listen = (message: Message): void => {
      const said = text(message.content["text"]) ?? "";
      const at = said.indexOf(mark);
      if (at < 0) return take(message);
      if (at > 0) take({ ...message, content: { ...message.content, text: said.slice(0, at) } });
      resolve();
    };
    execute(
      kernel,
      { code: `console.log(${JSON.stringify(mark)})`, store_history: false },
      BARRIER_MS,
      listen,
    ).catch(reject);
  }).finally(() => clearTimeout(timer));
}

function timedOut(afterMs: number, waitingFor: string, cause?: unknown): LabError {
  const text = `timed out after ${readable(afterMs)} waiting for ${waitingFor}`;
  return new LabError("NOT_READY", text, { tookMs: afterMs, ...(cause === undefined ? {} : { cause }) });
}
