// Histories that once did harm.

import type { HistoryInput } from "../give/history.ts";
import type { Find } from "../hold.ts";

export const HISTORY_FINDS: readonly Find<HistoryInput>[] = [
  { what: "a byte order mark", value: { spoiled: ["bom"] } },
  { what: "an empty line", value: { spoiled: ["empty line"] } },
  { what: "lines that end as on Windows", value: { spoiled: ["crlf"] } },
  { what: "a line of 50 MB", value: { text: [{ repeat: "x", times: 50_000_000 }] } },
  { what: "a million empty lines", value: { text: [{ repeat: "\n", times: 1_000_000 }] } },
  {
    what: "a direction of the network that there is not",
    value: { edits: [{ put: "fault 2/network/0/direction", value: "0" }] },
  },
  {
    what: "a client's name that a terminal obeys",
    value: { edits: [{ put: "send 1/client", value: "\u0000" }] },
  },
  {
    what: "an error that quotes the line",
    value: { edits: [{ put: "run 1", value: { "": ["\u009b31m"] } }] },
  },
];
