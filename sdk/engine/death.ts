// Why a node ended before it served: read from its last words.

import { REMEDIES } from "../runtime/disk.ts";
import { type ErrorCode, LabError } from "../model/errors.ts";
import type { Engine } from "./engine.ts";

const CAUSES: readonly { sign: RegExp; code: ErrorCode; why: string; hint: string }[] = [
  {
    sign: /Address already in use/,
    code: "PORT_TAKEN",
    why: "a port that was free a moment ago is taken",
    hint: "Does another program listen there? Starting again picks other ports.",
  },
  {
    sign: /No space left on device|Disk quota exceeded/,
    code: "DISK_FULL",
    why: "no space is left on the device of its data",
    hint: REMEDIES.lab,
  },
  {
    sign: /Could not create the Java Virtual Machine|Error occurred during initialization of VM/,
    code: "BAD_COMPOSE",
    why: "Java does not accept its flags",
    hint:
      "Are KAFKA_HEAP_OPTS, KAFKA_JVM_PERFORMANCE_OPTS and KAFKA_OPTS right for this Java? " +
      "The log's last lines name the cause.",
  },
  {
    sign: /ConfigException|requirement failed/,
    code: "BAD_COMPOSE",
    why: "Kafka does not accept its configuration",
    hint: "Is the property right for this Kafka version?",
  },
];

/** Makes the error for a node that ended by itself. */
export function deathOf(engine: Engine, service: string): LabError {
  const lines = engine.lastWords(service).trim().split("\n");
  const cause = CAUSES.find(({ sign }) => lines.some((line) => sign.test(line)));
  const reason =
    lines.findLast((line) => (cause?.sign ?? /Exception|ERROR|FATAL|Error/).test(line)) ?? lines.at(-1) ?? "";
  const ended = engine.status(service).exit?.text ?? "it ended";
  return new LabError(
    cause?.code ?? "NOT_READY",
    `Cannot keep ${service} running: ${cause?.why ?? "it ended before it served"} (${ended})`,
    {
      file: engine.logFile(service),
      stderr: reason,
      hint: cause?.hint ?? "The log's last lines tell more.",
    },
  );
}
