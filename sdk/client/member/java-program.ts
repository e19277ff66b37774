// A member of a group in Java: the lab's own program with Kafka's client (java/Member.java).
//
//   properties file: the consumer's, and the lab's own as `lab.…`      stdin ─▶ orders
//   stdout: the lines of a member, and the client's log, from which come rebalances and automatic commits

import { propertiesText } from "../../runtime/properties-file.ts";
import { isNotable } from "../java/line.ts";
import { startProgram } from "../java/program.ts";
import { javaSecurity } from "../java/security.ts";
import type { OwnProgram, Tools } from "../java/tools.ts";
import { endOf } from "./java-process.ts";
import { javaMember } from "./java.ts";
import { readMemberLine } from "./line.ts";
import { orderBook } from "./orders.ts";
import { transactionalIdOf } from "./transform.ts";
import { type MemberProcess, type MemberStart, sendSignal, serviceOf } from "./process.ts";

/** @throws LabError DISK_FULL, COMMAND_FAILED where its properties cannot be written */
export function startMemberProgram(
  start: MemberStart,
  tools: Pick<Tools, "command">,
  tool: OwnProgram,
): MemberProcess {
  const { name, settings, security, dir, secretDir, onLine, onLog, onNote } = start;
  const isAuto = settings.commit === "auto";
  const reading = javaMember({ isAuto, isStatic: settings.instanceIds !== false, emit: onLine });
  const orders = orderBook((text) => program.write(text));
  const program = startProgram({
    tools,
    tool,
    args: [],
    properties: propertiesText(memberProperties(start)),
    propertiesArg: "--properties",
    service: serviceOf(name),
    dir,
    ...(security === undefined ? {} : { secretDir: secretDir() }),
    onLine(line) {
      if (line.kind === "log") {
        if (isNotable(line)) onLog(line);
        reading.read(line);
      } else if (line.kind === "rest") {
        const told = readMemberLine(line.text);
        if (told?.kind === "answer") orders.answer(told);
        else if (told !== undefined && told.kind !== "log") onLine(told);
      }
    },
    onNote,
  });
  const ended = program.ended.then(endOf);
  void ended.then(orders.rejectAll);
  return {
    pid: program.pid,
    get isAlive() {
      return program.isAlive;
    },
    ended,
    commit: async () => void (await orders.give("commit")),
    slow: async (processMs) => (await orders.give("slow", { processMs })).processMs ?? processMs,
    endGently: () => void orders.give("close").catch(() => {}),
    signal: (signal) => void (program.isAlive && sendSignal(program.pid, signal)),
  };
}

/** What the program is given of a start. */
export type ProgramStart = Pick<
  MemberStart,
  "group" | "name" | "number" | "settings" | "bootstrap" | "security"
>;

/** Everything that the program is given, as text. */
export function memberProperties(start: ProgramStart): Record<string, string> {
  const { group, name, number, settings, bootstrap, security } = start;
  const { topic, reset, commit, processMs, failAt, instanceIds, properties } = settings;
  const instanceId = instanceIds === false ? undefined : (instanceIds[number - 1] ?? name);
  return {
    "lab.topic": topic,
    "lab.commit": commit,
    "lab.processMs": String(processMs),
    "lab.failAt": String(failAt),
    ...outputProperties(start),
    "bootstrap.servers": bootstrap.join(","),
    "group.id": group,
    "client.id": name,
    "enable.auto.commit": String(commit === "auto"),
    "auto.offset.reset": reset,
    ...(instanceId === undefined ? {} : { "group.instance.id": instanceId }),
    ...javaSecurity(security),
    ...properties,
  };
}

/** What it writes, and its producer's properties; nothing where it writes nothing. */
function outputProperties(start: ProgramStart): Record<string, string> {
  const { name, settings, bootstrap, security } = start;
  const { transform } = settings;
  if (transform === false) return {};
  const transactionalId = transactionalIdOf(transform, start);
  const producer = {
    "bootstrap.servers": bootstrap.join(","),
    "client.id": `${name}-producer`,
    ...(transactionalId === undefined
      ? {}
      : {
          "transactional.id": transactionalId,
          "transaction.timeout.ms": String(transform.transactionTimeout),
        }),
    ...javaSecurity(security),
  };
  return {
    "lab.output": transform.topic,
    ...Object.fromEntries(Object.entries(producer).map(([key, value]) => [`lab.producer.${key}`, value])),
  };
}
