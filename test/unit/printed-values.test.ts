// Nothing prints "undefined" or "null": no text is made of a value that may be missing.
//
//   sdk/, scripts/ ─▶ ts.Program ─▶ every `${value}` ─▶ its type has neither undefined nor null

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { test } from "uvu";
import * as assert from "uvu/assert";

const root = fileURLToPath(new URL("../../", import.meta.url));

const sources = (folder: string): string[] =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => /\.ts$/.test(file) && !file.endsWith(".d.ts"))
    .map((file) => path.join(root, folder, file));

/** Missing by its type, there by what was looked at before; the compiler cannot follow. */
const KNOWN: readonly string[] = [
  "sdk/compose/ports.ts: port.hostIp",
  "sdk/compose/ports.ts: port.published",
  "sdk/compose/ports.ts: published",
  "sdk/doctor/docker.ts: host",
  "sdk/kafka/parse.ts: least",
  "sdk/recording/why.ts: what",
  "sdk/analysis/explain/cut.ts: served.leader",
  "sdk/analysis/explain/healing.ts: view.controllerNodeId",
  "sdk/analysis/explain/healing.ts: state?.leader",
  "sdk/analysis/explain/new-controller.ts: view.controllerNodeId",
  "sdk/analysis/explain/served.ts: seen.state.leader",
  "sdk/analysis/predict/branch.ts: situation.topic.state.leader",
  "sdk/analysis/predict/words.ts: topic.state.leader",
  "sdk/engine/docker/cli.ts: host",
  "sdk/engine/local/addresses.ts: service",
  "sdk/analysis/diagnose/rules/container.ts: port.published",
  "sdk/analysis/diagnose/rules/container.ts: published",
  "sdk/analysis/diagnose/rules/node-ids.ts: twin.nodeId",
  "sdk/analysis/diagnose/rules/quorum.ts: nodeId",
  "sdk/analysis/diagnose/rules/refused.ts: fault",
  "sdk/engine/local/links/links.ts: cannotDo(one)",
  "sdk/engine/local/links/plan.ts: cannotDo(fault)",
  "sdk/engine/local/supply/archive.ts: startOf(process.pid)",
  "scripts/03-long-delay.ts: led",
  "scripts/04-your-own-compose.ts: before.leader",
  'scripts/04-your-own-compose.ts: after.partitions.find(({ topic }) => topic === "orders")!.leader',
  "scripts/04-your-own-compose.ts: facts.examples[0]!.offset",
  "scripts/build/references.ts: subpath",
  'scripts/matrix/where.ts: env["LAB_BITNAMI_IMAGE"]',
  "scripts/test/outcome.ts: code",
];

/** A command's words for a shell are no text for a person: zx drops what is missing. */
const isTagged = (node: ts.Node): boolean => ts.isTaggedTemplateExpression(node.parent);

/** The places of a file where a text is made of a value that may be missing. */
function missingIn(file: ts.SourceFile, checker: ts.TypeChecker): string[] {
  const found: string[] = [];
  const look = (expression: ts.Expression): void => {
    if (/\.at\(-1\)$/.test(expression.getText())) return; // an element, as by its index
    const type = checker.getTypeAtLocation(expression);
    const parts = type.isUnion() ? type.types : [type];
    if (!parts.some(({ flags }) => flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Null))) return;
    const { line } = file.getLineAndCharacterOfPosition(expression.getStart());
    found.push(`${path.relative(root, file.fileName)}:${line + 1}: ${expression.getText()}`);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isTemplateExpression(node) && !isTagged(node))
      for (const { expression } of node.templateSpans) look(expression);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** An element of an array counts as there: whether it is, its index knows. */
function checkerOf(files: readonly string[]): { program: ts.Program; checker: ts.TypeChecker } {
  const config = ts.readConfigFile(`${root}tsconfig.json`, (file) => ts.sys.readFile(file));
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, root);
  const program = ts.createProgram(files, { ...options, noUncheckedIndexedAccess: false });
  return { program, checker: program.getTypeChecker() };
}

test("no text of the lab is made of a value that may be missing", () => {
  const files = ["sdk", "scripts"].flatMap(sources);
  const { program, checker } = checkerOf(files);
  const found = files.flatMap((file) => missingIn(program.getSourceFile(file)!, checker));
  assert.equal(
    found.filter((place) => !KNOWN.some((known) => place.replace(/:\d+:/, ":") === known)),
    [],
    'write `${value ?? "none"}`',
  );
  const left = new Set(found.map((place) => place.replace(/:\d+:/, ":")));
  assert.equal(
    KNOWN.filter((known) => !left.has(known)),
    [],
    "listed, and no longer there",
  );
});

test("what may be missing is found, and what is there is not", () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "printed-values-"));
  const file = path.join(folder, "a.ts");
  writeFileSync(
    file,
    "declare const exits: Record<string, { text: string } | undefined>;\n" +
      "declare const leader: number | null;\n" +
      "export const a = `${exits['1']?.text}`;\n" +
      "export const b = `leader ${leader}`;\n" +
      "export const c = `leader ${leader ?? 'none'}`;\n",
  );
  const { program, checker } = checkerOf([file]);
  const found = missingIn(program.getSourceFile(file)!, checker);
  rmSync(folder, { recursive: true });
  assert.equal(
    found.map((place) => place.replace(/^.*:(\d+):/, "$1:")),
    ["3: exits['1']?.text", "4: leader"],
  );
});
test.run();
