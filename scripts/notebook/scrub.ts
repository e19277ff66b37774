// What a captured output must not tell: the folders of the machine that made it, and a runtime's own remarks.

import os from "node:os";
import { fileURLToPath } from "node:url";
import type { Output } from "./outputs.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const NOISE = [/^.*TimeoutNegativeWarning:.*\n?/gm, /^Timeout duration was set to 1\.\n?/gm, /^\(Use `node --trace-warnings[^\n]*\n?/gm, /^Warning "deno jupyter" is unstable[^\n]*\n?/gm];

export function scrubbed(outputs: readonly Output[]): Output[] {
  return outputs.flatMap((output): Output[] => {
    if (output.output_type === "stream") {
      const text = clean(output.text);
      return text === "" ? [] : [{ ...output, text }];
    }
    if (output.output_type === "error") return [{ ...output, evalue: clean(output.evalue), traceback: output.traceback.map(clean) }];
    return [{ ...output, data: Object.fromEntries(Object.entries(output.data).map(([mime, value]) => [mime, typeof value === "string" ? clean(value) : value])) }];
  });
}

function clean(text: string): string {
  const bare = NOISE.reduce((rest, noise) => rest.replace(noise, ""), text);
  return [[`file://${ROOT}`, ""], [ROOT, ""], [`${os.tmpdir()}/`, ""], [`${os.homedir()}/`, "~/"]].reduce((rest, [folder, by]) => rest.replaceAll(folder!, by!), bare);
}
