// Completes what the compiler leaves in its output: references that hold in the repository only.
//
//   the first line of a command            #!/usr/bin/env -S npx tsx      ─▶ #!/usr/bin/env node
//   a workspace, by its name               "@kafka-failure-lab/sdk"       ─▶ "../sdk/index.js"
//   a subpath of it                        "@kafka-failure-lab/sdk/report" ─▶ "../sdk/faces/report.js"
//   a module, in declarations              from "./lab.ts"                ─▶ from "./lab.js"
//   JSON, which Node 20 imports with a warning   "./table.json" with { … }   ─▶ "./table.json.js"
//   types of other packages, in declarations     Buffer, NodeJS, Plot        ─▶ types of the language
//
// The declarations then need neither @types/node nor @types/d3 (which Plot's own need). A reader meets Plot's
// types only in drawn({ plot }), and can have them all: (Plot: typeof import("@observablehq/plot")) => ….

import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

const WORKSPACE = /(["'])@kafka-failure-lab\/(sdk|scripts)(?:\/([\w-]+))?\1/g;
const TYPESCRIPT = /((?:from|import)\s*\(?\s*["'])(\.{1,2}\/[^"']+)\.ts(["'])/g;
const JSON_MODULE = /(["'])(\.{1,2}\/[^"']+\.json)\1 with \{ type: "json" \}/g;
const PLOT_TYPES = /^import type \{([^}]+)\} from "@observablehq\/plot";$/gm;
/** Of modules that the package does not export. */
const FOREIGN: readonly (readonly [RegExp, string])[] = [
  [/typeof import\("@observablehq\/plot"\)/g, "any"],
  [/^import (?:type )?\{ Buffer \} from "node:buffer";$/gm, "type Buffer = Uint8Array;"],
  [/\bNodeJS\.Platform\b/g, "string"],
];

/** Rewrites the modules and declarations in dist/, and makes modules of the JSON that they import. */
export function completeReferences(dist: string): void {
  const imported = new Set<string>();
  for (const file of readdirSync(dist, { recursive: true, encoding: "utf8" })) {
    if (!/\.(js|mjs|d\.ts|d\.mts)$/.test(file)) continue;
    const whole = path.join(dist, file);
    const text = readFileSync(whole, "utf8");
    for (const [, , json] of text.matchAll(JSON_MODULE)) imported.add(path.join(path.dirname(whole), json!));
    const references = completed(text, path.relative(path.dirname(whole), dist) || ".");
    const complete = file.endsWith(".d.ts") ? independent(references) : references;
    if (complete !== text) writeFileSync(whole, complete);
  }
  for (const file of imported) {
    writeFileSync(`${file}.js`, `export default ${readFileSync(file, "utf8").trim()};\n`);
    rmSync(file);
  }
}

/** @param toDist the way from the file's folder to dist/ */
function completed(text: string, toDist: string): string {
  const up = toDist.startsWith(".") ? toDist : `./${toDist}`;
  return text
    .replace(/^#!\/usr\/bin\/env .*/, "#!/usr/bin/env node")
    .replace(WORKSPACE, (_, quote: string, room: string, subpath?: string) => {
      const face = subpath === undefined ? "index" : `faces/${subpath}`;
      const module = room === "sdk" ? `sdk/${face}.js` : `scripts/${subpath}.js`;
      return `${quote}${up}/${module}${quote}`;
    })
    .replace(TYPESCRIPT, "$1$2.js$3")
    .replace(JSON_MODULE, "$1$2.js$1");
}

function independent(declarations: string): string {
  const text = declarations.replace(PLOT_TYPES, (_, names: string) =>
    names
      .split(",")
      .map((name) => `type ${name.trim()} = any;`)
      .join("\n"),
  );
  return FOREIGN.reduce((rest, [type, by]) => rest.replace(type, by), text);
}
