import { latency } from "./latency.ts";
import { cells } from "./figure.ts";
const f = await latency({ runs: Number(process.argv[2] ?? 5), folder: "/tmp/bt-runs", say: (l) => console.error(l) });
for (const one of f) console.log(cells(one).join(" | "));
process.exit(0);
