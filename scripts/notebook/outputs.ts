// What a cell put out, collected from what its kernel published: nbformat 4's outputs.

import { type Content, isContent, type Message, text } from "./wire.ts";

export type MimeBundle = Record<string, unknown>;

/** An output as a notebook's file has it, with every text in one piece. */
export type Output =
  | { output_type: "stream"; name: "stdout" | "stderr"; text: string }
  | { output_type: "display_data"; data: MimeBundle; metadata: Content }
  | { output_type: "execute_result"; data: MimeBundle; metadata: Content; execution_count: number | null }
  | { output_type: "error"; ename: string; evalue: string; traceback: string[] };

export interface Collector {
  readonly outputs: readonly Output[];
  take(message: Message): void;
}

/** Collects in order: streams are joined, a display that is updated changes in place. */
export function collector(): Collector {
  const outputs: Output[] = [];
  const shown = new Map<string, Output>();
  let clearNext = false;

  function push(output: Output): void {
    if (clearNext) outputs.length = 0;
    clearNext = false;
    const last = outputs.at(-1);
    if (output.output_type === "stream" && last?.output_type === "stream" && last.name === output.name)
      last.text += output.text;
    else outputs.push(output);
  }

  return {
    outputs,
    take({ type, content }) {
      const id = isContent(content["transient"]) ? text(content["transient"]["display_id"]) : undefined;
      const [data, metadata] = [bundle(content["data"]), bundle(content["metadata"])];
      switch (type) {
        case "stream":
          return push({
            output_type: "stream",
            name: content["name"] === "stderr" ? "stderr" : "stdout",
            text: String(content["text"]),
          });
        case "error":
          return push({
            output_type: "error",
            ename: String(content["ename"]),
            evalue: String(content["evalue"]),
            traceback: Array.isArray(content["traceback"]) ? content["traceback"].map(String) : [],
          });
        case "execute_result":
          return push({
            output_type: "execute_result",
            data,
            metadata,
            execution_count:
              typeof content["execution_count"] === "number" ? content["execution_count"] : null,
          });
        case "display_data": {
          const output: Output = { output_type: "display_data", data, metadata };
          push(output);
          if (id !== undefined) shown.set(id, output);
          return;
        }
        case "update_display_data": {
          const before = id === undefined ? undefined : shown.get(id);
          if (before !== undefined) Object.assign(before, { data, metadata });
          return;
        }
        case "clear_output":
          if (content["wait"] === true) clearNext = true;
          else outputs.length = 0;
      }
    },
  };
}

function bundle(value: unknown): MimeBundle {
  return isContent(value) ? { ...value } : {};
}
