// The disk of an engine that cannot break one.

import type { LabError } from "../../model/errors.ts";
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
