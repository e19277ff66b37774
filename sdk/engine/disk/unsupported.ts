// The disk of an engine that cannot break one.

import { LabError } from "../../model/errors.ts";
import type { Disk } from "./disk.ts";

/** @param reason the error for a service, LabError UNSUPPORTED */
export function noDisk(reason: (service: string) => LabError): Disk {
  const refuse = (service: string): Promise<never> => Promise.reject(reason(service));
  return {
    check: refuse,
    apply: refuse,
    undo: () => Promise.resolve(undefined),
    seen: () => Promise.resolve(undefined),
  };
}

/** The error where this machine's Java cannot make the agent. */
export function noCompiler(reason: string): LabError {
  return new LabError("UNSUPPORTED", `Cannot break a disk: ${reason}`, {
    hint: "A JDK brings a compiler (`sudo apt-get install default-jdk-headless`); JAVA_HOME names it.",
  });
}
