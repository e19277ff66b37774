// A member of a group in Java where the lab's own program cannot be compiled: Kafka's VerifiableConsumer, a
// process of its own.

import { LabError } from "../../model/errors.ts";
import { propertiesText } from "../../runtime/properties-file.ts";
import { isNotable } from "../java/line.ts";
import { startProgram } from "../java/program.ts";
import { javaSecurity } from "../java/security.ts";
import { majorOf, type Tools } from "../java/tools.ts";
import { javaMember } from "./java.ts";
import { type MemberProcess, type MemberStart, sendSignal, serviceOf } from "./process.ts";
import type { GroupSettings } from "./settings.ts";

/** @throws LabError DISK_FULL, COMMAND_FAILED where its properties cannot be written */
export function startVerifiableConsumer(start: MemberStart, tools: Tools): MemberProcess {
  const { name, settings, security, dir, secretDir, onLine, onLog, onNote } = start;
  const reading = javaMember({
    isAuto: settings.commit === "auto",
    isStatic: settings.instanceIds !== false,
    emit: onLine,
  });
  const major = majorOf(tools);
  const program = startProgram({
    tools,
    tool: "VerifiableConsumer",
    args: argumentsOf(start),
    properties: propertiesText({
      "client.id": name,
      ...javaSecurity(security),
      ...fileProperties(settings),
    }),
    propertiesArg: major >= 4 ? "--command-config" : "--consumer.config",
    service: serviceOf(name),
    dir,
    ...(security === undefined ? {} : { secretDir: secretDir() }),
    onLine(line) {
      if (line.kind === "log" && isNotable(line)) onLog(line);
      reading.read(line);
    },
    onNote,
  });
  return {
    pid: program.pid,
    get isAlive() {
      return program.isAlive;
    },
    ended: program.ended.then((how) => (reading.end(), endOf(how))),
    commit: () => Promise.reject(noCommit(name)),
    endGently: () => program.endGently(),
    signal: (name) => void (program.isAlive && sendSignal(program.pid, name)),
  };
}

/** The tool takes these as arguments, which override the file. */
const ARGUMENTS = ["session.timeout.ms", "partition.assignment.strategy", "group.protocol"];

function fileProperties({ properties }: GroupSettings): Record<string, string> {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !ARGUMENTS.includes(name)));
}

function argumentsOf({ group, name, number, settings, bootstrap }: MemberStart): string[] {
  const { topic, reset, commit, protocol, sessionTimeout, assignors, instanceIds } = settings;
  const classic = ["--session-timeout", String(sessionTimeout), "--assignment-strategy", assignors];
  const instanceId = instanceIds === false ? undefined : (instanceIds[number - 1] ?? name);
  return [
    ...["--bootstrap-server", bootstrap.join(","), "--topic", topic, "--group-id", group],
    ...["--verbose", "--reset-policy", reset],
    ...(protocol === "classic" ? classic : ["--group-protocol", "consumer"]),
    ...(commit === "auto" ? ["--enable-autocommit"] : []),
    ...(instanceId === undefined ? [] : ["--group-instance-id", instanceId]),
  ];
}

/** How a program has ended, for a history. */
export function endOf({ facts, message }: LabError): string {
  const { exitCode, stderr } = facts;
  if (exitCode === null || exitCode === undefined)
    return /\((SIG\w+)\)/.exec(message)?.[1] ?? "ended by a signal";
  return `exit ${exitCode}${stderr === undefined || exitCode === 0 ? "" : `: ${stderr}`}`;
}

function noCommit(name: string): LabError {
  return new LabError(
    "UNSUPPORTED",
    `Cannot have ${name} commit: Kafka's VerifiableConsumer takes no orders`,
    {
      hint: 'A kafkajs group can: client: "kafkajs", commit: "application".',
    },
  );
}
