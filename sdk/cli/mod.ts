// Command lines: arguments by kind, one wording for mistakes, one way for a command to begin and to end.

export {
  type Arguments,
  type ArgumentsOptions,
  type Many,
  type Option,
  type Options,
  readArguments,
  type Values,
} from "./arguments.ts";
export { fail, failed, orHelp, type Printed, runCommand } from "./command.ts";
export { failureText, isMistake } from "./failure.ts";
export {
  amount,
  composeFile,
  composePath,
  count,
  type CountOptions,
  duration,
  file,
  kafkaVersion,
  type Kind,
  listOf,
  milliseconds,
  oneOf,
  node,
  type OneNode,
  oneOfOrBrokers,
  partition,
  pattern,
  target,
  text,
} from "./kinds.ts";
export { nearestName } from "./nearest.ts";
export { asStarted } from "./started.ts";
export { quoted, UsageError } from "./usage.ts";
export { fromReader, readerFolder, toReader } from "../runtime/reader-folder.ts";
