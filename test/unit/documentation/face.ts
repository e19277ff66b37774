// The public symbols, as TypeScript sees them: what the face exports, and the members of its interfaces.
//
//   sdk/index.ts, sdk/faces/* ─▶ ts.Program ─▶ Symbol: name, doc comment, example, where it is declared

import process from "node:process";
import { fileURLToPath } from "node:url";
import ts from "typescript";

export const ROOT: string = fileURLToPath(new URL("../../../", import.meta.url));
const FACES = ["index", "faces/diagnose", "faces/predict", "faces/report", "faces/scenario"];

/** An exported symbol, or a member of an exported interface. */
export interface PublicSymbol {
  /** A member has the name of the interface that declares it: `Lab.conclude`. */
  readonly name: string;
  /** `sdk/lab/lab.ts:72` */
  readonly where: string;
  /** The text of the doc comment without its tags; empty if there is none. */
  readonly text: string;
  /** The code of its `@example`. */
  readonly example: string | undefined;
  /** The exported symbol that it is a member of. */
  readonly owner: string | undefined;
  readonly isCallable: boolean;
  /** Whether it is a plain number: neither a union of numbers nor a branded one. */
  readonly isNumber: boolean;
}

/** Returns every public symbol once, in the order of the faces. */
export function publicSymbols(): PublicSymbol[] {
  const config = ts.readConfigFile(`${ROOT}tsconfig.json`, (file) => ts.sys.readFile(file));
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, ROOT);
  const files = FACES.map((face) => `${ROOT}sdk/${face}.ts`);
  const program = ts.createProgram(files, options);
  const checker = program.getTypeChecker();
  const symbols = files.flatMap((file) => exportsOf(checker, program.getSourceFile(file)!));
  return [...new Set(symbols)].flatMap((symbol) => [
    describe(checker, symbol, undefined),
    ...membersOf(checker, symbol).map((member) => describe(checker, member, symbol.name)),
  ]);
}

function exportsOf(checker: ts.TypeChecker, file: ts.SourceFile): ts.Symbol[] {
  return checker
    .getExportsOfModule(checker.getSymbolAtLocation(file)!)
    .map((one) => (one.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(one) : one));
}

/** The members of an interface or a class that this repository declares. */
function membersOf(checker: ts.TypeChecker, symbol: ts.Symbol): ts.Symbol[] {
  if (!(symbol.flags & (ts.SymbolFlags.Interface | ts.SymbolFlags.Class | ts.SymbolFlags.TypeAlias)))
    return [];
  const type = checker.getDeclaredTypeOfSymbol(symbol);
  if (type.isUnion() || !(type.isIntersection() || type.flags & ts.TypeFlags.Object)) return [];
  return type.getProperties().filter(({ declarations }) => {
    const file = declarations?.[0]?.getSourceFile().fileName;
    return file?.startsWith(`${ROOT}sdk/`);
  });
}

function describe(checker: ts.TypeChecker, symbol: ts.Symbol, owner: string | undefined): PublicSymbol {
  const declaration = symbol.declarations![0]!;
  const source = declaration.getSourceFile();
  const { line } = source.getLineAndCharacterOfPosition(declaration.getStart());
  const type = checker.getNonNullableType(checker.getTypeOfSymbol(symbol));
  const tag = symbol.getJsDocTags(checker).find(({ name }) => name === "example");
  const within = ts.isInterfaceDeclaration(declaration.parent) ? declaration.parent.name.text : owner;
  return {
    name: owner === undefined ? symbol.name : `${within}.${symbol.name}`,
    where: `${source.fileName.slice(ROOT.length)}:${line + 1}`,
    text: ts.displayPartsToString(symbol.getDocumentationComment(checker)),
    example: tag === undefined ? undefined : ts.displayPartsToString(tag.text),
    owner,
    isCallable: type.getCallSignatures().length > 0,
    isNumber: type.flags === ts.TypeFlags.Number,
  };
}

/**
 * Type-checks a program as a user's, under `tsc --strict`, and returns the errors, one line each.
 *
 * @param file a path inside the repository, where the package is found
 */
export function typeErrors(file: string): string[] {
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleDetection: ts.ModuleDetectionKind.Force,
    lib: ["lib.es2023.d.ts", "lib.dom.d.ts", "lib.esnext.disposable.d.ts"],
    types: ["node"],
    allowImportingTsExtensions: true,
    resolveJsonModule: true,
    skipLibCheck: true,
  };
  const program = ts.createProgram([file], options);
  const host = { getCanonicalFileName: String, getCurrentDirectory: process.cwd, getNewLine: () => "\n" };
  return ts
    .getPreEmitDiagnostics(program, program.getSourceFile(file))
    .map((one) => ts.formatDiagnostic(one, host).trim());
}
