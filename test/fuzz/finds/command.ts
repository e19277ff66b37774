// Command lines that once did harm.

import type { CommandInput } from "../give/command.ts";
import type { Find } from "../hold.ts";

export const COMMAND_FINDS: readonly Find<CommandInput>[] = [
  {
    what: "a cluster that is not there",
    value: { program: "01-broker-stops script", argv: ["--cluster", "./no-such-file.yml"] },
  },
  {
    what: "a cluster that is a folder",
    value: { program: "01-broker-stops script", argv: ["--cluster", "./folder"] },
  },
  {
    what: "a cluster that is empty",
    value: { program: "01-broker-stops script", argv: ["--cluster", "./empty.yml"] },
  },
  { what: "a Kafka that there is not", value: { program: "01-broker-stops script", argv: ["--kafka", "9"] } },
  { what: "a table of a binary file", value: { program: "table script", argv: ["--from", "./binary.json"] } },
  { what: "a history that is a folder", value: { program: "replay script", argv: ["./runs/a"] } },
  { what: "a negative number of an option", value: { program: "predict command", argv: ["--leader", "-1"] } },
  {
    what: "a bootstrap broker that there is not",
    value: { program: "predict command", argv: ["--bootstrap", "99"] },
  },
  { what: "a lane that begins like an option", value: { program: "test options", argv: ["--lane", "--"] } },
  {
    what: "a kernel that is an option",
    value: { program: "notebooks options", argv: ["--kernel", "--check"] },
  },
  { what: "a file that never ends", value: { program: "diagnose command", argv: ["/dev/full"] } },
  {
    what: "a table within a file",
    value: { program: "table script", argv: ["--from", "./server.properties/inside"] },
  },
  {
    what: "settings that a terminal obeys",
    value: { program: "app options", argv: ["--settings=\u009b31m"] },
  },
  { what: "a table that cannot be written", value: { program: "table script", argv: ["--write"] } },
  { what: "an argument that a terminal obeys", value: { program: "table options", argv: ["\u001b[2J"] } },
  {
    what: "a time that goes back to the line's begin",
    value: { program: "notebooks options", argv: ["--timeout", "x\rfuzz.injected=1"] },
  },
];
