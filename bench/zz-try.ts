import { throughput } from "/work/main/bench/throughput.ts";
import { cells } from "/work/main/bench/figure.ts";
const f = await throughput({ runs: Number(process.argv[2] ?? 3), folder: "/tmp/bt-runs", say: (l) => console.error(l) });
for (const one of f) console.log(cells(one).join(" | "));
process.exit(0);
