// The `.env` format as compose reads it: NAME=value lines, comments, `export`, quotes; variables are replaced except in single quotes.

import { interpolate, type Environment } from "./interpolate.ts";

/** Reads the text of a `.env` file; a value may use the variables before it and those of `env`, which win. */
export function dotenv(text: string, env: Environment = {}): Record<string, string> {
  const result: Record<string, string> = {};
  const known = (): Environment => ({ ...result, ...env });
  for (const [, name = "", single, double, bare] of text.replaceAll("\r\n", "\n").matchAll(LINE)) {
    if (single !== undefined) result[name] = single;
    else if (double !== undefined) result[name] = interpolate(unescaped(double), known());
    else if (bare !== undefined) result[name] = interpolate(bare.replace(/\s+#.*$/, "").trim(), known());
    else if (env[name] !== undefined) result[name] = env[name];
  }
  return result;
}

const LINE =
  /^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.-]*)[ \t]*(?:[=:][ \t]*(?:'([^']*)'|"((?:[^"\\]|\\.)*)"|([^\n]*)))?[ \t]*(?:#[^\n]*)?$/gm;

function unescaped(text: string): string {
  return text.replace(
    /\\([nrt"\\])/g,
    (_, letter: string) => ({ n: "\n", r: "\r", t: "\t" })[letter] ?? letter,
  );
}
