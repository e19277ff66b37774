// Command lines: of commands and scripts, in one process, on a machine without Java.

import { COMMAND_FINDS } from "./finds/command.ts";
import { commandInput, commandJob } from "./give/command.ts";
import { hold } from "./hold.ts";

hold({ name: "command lines", values: commandInput, job: commandJob, runs: 500, finds: COMMAND_FINDS });
