// Programs that own a lab and are ended at a moment, for the tests of what the guardian leaves behind.

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { suite } from "uvu";
import { type Bystander, startBystander } from "./bystander.ts";
import {
  brokerProcesses,
  claimedPorts,
  folderOf,
  leftovers,
  program,
  reportingFailure,
  until,
} from "./outside.ts";

/** A program that owns a lab, and was started. */
export interface Owner {
  child: ChildProcess;
  gone: Promise<number | null>;
  labs: () => string[];
  said: () => string;
}

const fileOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Starts an owner and waits until it says that it has come to the moment. */
export function ownerAt(moment: string, sign: string = moment, ...more: string[]): Promise<Owner> {
  return started(fileOf("./owner.ts"), moment, sign, more);
}

/** The same of an owner that is attached to a cluster, and has members of groups in each state. */
export function memberOwner(bootstrap: readonly string[], topic: string): Promise<Owner> {
  return started(fileOf("./member-owner.ts"), "members", "members", [bootstrap.join(","), topic]);
}

async function started(owner: string, moment: string, sign: string, more: string[]): Promise<Owner> {
  const child = spawn(...program(owner, moment, ...more), { stdio: ["ignore", "pipe", "ignore"] });
  let said = "";
  child.stdout!.setEncoding("utf8").on("data", (text: string) => (said += text));
  const gone = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  const seen = new Set<string>();
  const look = (): void => {
    for (const { lab } of brokerProcesses(child.pid)) seen.add(lab);
  };
  await until(
    `the owner is at ${sign}`,
    () => {
      look();
      return said.includes(`at ${sign}`) || child.exitCode !== null;
    },
    60_000,
  );
  look();
  return { child, gone, labs: () => [...seen], said: () => said };
}

/** Its brokers, containers, folders and ports are gone; the bystander is as it was. */
async function assertNothingLeft(child: ChildProcess, labs: string[], bystander: Bystander): Promise<void> {
  await until("the brokers are gone", () => brokerProcesses(child.pid).length === 0);
  await until("nothing is left of it in Docker", () => leftovers(child.pid).length === 0);
  for (const lab of labs)
    await until(
      "folder and ports are given back",
      () => !existsSync(folderOf(lab)) && claimedPorts(lab).length === 0,
    );
  await bystander.assertUntouched();
}

/** Starts a bystander for all tests of a suite, and returns what each test ends with. */
export function besideBystander(test: ReturnType<typeof suite>): {
  /** An owner's brokers, containers, folders and ports are gone, and the bystander is untouched. */
  assertNothingLeft(child: ChildProcess, labs: string[]): Promise<void>;
  assertUntouched(): Promise<void>;
} {
  let bystander: Bystander;
  test.before(
    reportingFailure(async () => {
      bystander = await startBystander();
    }),
  );
  test.after(() => bystander?.close());
  return {
    assertNothingLeft: (child, labs) => assertNothingLeft(child, labs, bystander),
    assertUntouched: async () => await bystander.assertUntouched(),
  };
}
