// Findings as SARIF 2.1.0, which code hosts show beside the lines. Source: OASIS SARIF 2.1.0, sections 3.13
// to 3.30.

import type { Evidence, Finding, Severity } from "./finding.ts";
import { RULES } from "./rules/mod.ts";

/** Makes one SARIF log of findings; file names become URIs relative to where the caller runs. */
export function sarif(findings: readonly Finding[], version: string): object {
  const ids = RULES.map(({ id }) => id);
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "kafka-failure-lab",
            version,
            rules: RULES.map(({ id, title, source, severity }) => ({
              id,
              shortDescription: { text: sentence(title) },
              help: { text: `Source: ${source}` },
              defaultConfiguration: { level: severity satisfies Severity },
            })),
          },
        },
        results: findings.map(({ rule, severity, happens, fix, evidence: [first, ...others] }) => ({
          ruleId: rule,
          ruleIndex: ids.indexOf(rule),
          level: severity,
          message: { text: `${happens} Fix: ${fix}` },
          locations: [locationOf(first!)],
          ...(others.length > 0 && {
            relatedLocations: others.map((other) => ({
              ...locationOf(other),
              message: { text: `${other.key}: ${other.value}` },
            })),
          }),
        })),
      },
    ],
  };
}

function locationOf({ file, line, column }: Evidence): object {
  return {
    physicalLocation: {
      artifactLocation: { uri: uriOf(file) },
      region: { startLine: line, startColumn: column },
    },
  };
}

// A relative URI reference: slashes, and everything but them encoded; a colon in the first segment would look
// like a scheme. Half a surrogate pair has no encoding.
function uriOf(file: string): string {
  const path = file
    .replaceAll("\\", "/")
    .replace(/^\.\//, "")
    .replace(/\p{Cs}/gu, "\ufffd");
  return path.split("/").map(encodeURIComponent).join("/");
}

function sentence(text: string): string {
  return `${text[0]!.toUpperCase()}${text.slice(1)}.`;
}
