import { boot } from "./boot.ts";
import { cells } from "./figure.ts";
const f = await boot({ runs: Number(process.argv[2] ?? 2), folder: "/tmp/bt-runs", say: (l) => console.error(l) });
for (const one of f) console.log(cells(one).join(" | "));
process.exit(0);
