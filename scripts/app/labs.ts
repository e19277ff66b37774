// Where labs on this machine serve: at fixed ports with docker, else at ports of their own.

import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { CLIENTS_FILE, stateFolder } from "@kafka-failure-lab/sdk/testing";

/** Where docker publishes the lab's own three-broker cluster. */
export const LAB: readonly string[] = ["localhost:29091", "localhost:29092", "localhost:29093"];

/** Addresses at which brokers of a lab may answer. */
export function labAddresses(): string[] {
  return [...LAB, ...localLabs()];
}

function localLabs(): string[] {
  try {
    const labs = path.join(stateFolder().folder, "labs");
    return readdirSync(labs).flatMap((lab) => clientsOf(path.join(labs, lab, CLIENTS_FILE)));
  } catch {
    return []; // no lab has run here yet
  }
}

function clientsOf(file: string): string[] {
  try {
    return readFileSync(file, "utf8").split(",");
  } catch {
    return []; // with the docker engine
  }
}
