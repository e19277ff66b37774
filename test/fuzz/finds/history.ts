// Histories that once did harm.

import type { HistoryInput } from "../give/history.ts";
import type { Find } from "../hold.ts";

export const HISTORY_FINDS: readonly Find<HistoryInput>[] = [
  { what: "a byte order mark", value: { spoiled: ["bom"] } },
  { what: "an empty line", value: { spoiled: ["empty line"] } },
  { what: "lines that end as on Windows", value: { spoiled: ["crlf"] } },
  { what: "a line of 50 MB", value: { text: [{ repeat: "x", times: 50_000_000 }] } },
  { what: "a million empty lines", value: { text: [{ repeat: "\n", times: 1_000_000 }] } },
];
