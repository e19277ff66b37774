// What keeps the docker lanes and the local lanes apart while they run side by side on one machine:
//
//   ports      the docker engine publishes a file's ports as they are, the local engine takes others where
//              these are taken: this program holds a claim on them, as a lab does
//   state      the docker lanes have a state folder of their own, so neither side sweeps or cleans the
//              other's labs
//   daemon     the local lanes see no Docker daemon, as on a machine that has none

import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { claimFolder, claimPort, release } from "@kafka-failure-lab/sdk/testing";

export interface Apart {
  /** For the lanes whose labs are containers. */
  docker: Readonly<Record<string, string>>;
  /** For all other lanes. */
  others: Readonly<Record<string, string>>;
  end(): void;
}

/** The first ports of the files that `test/live/network.docker.test.ts` makes of the lab's own. */
const OWN = [31_091, 31_191, 31_291];

/** Separates the lanes until `end()`. */
export async function keepApart(root: string): Promise<Apart> {
  const state = mkdtempSync(path.join(os.tmpdir(), "lab-docker-state-"));
  const claim = claimFolder(`gate-${process.pid}`, false);
  let isOver = false;
  const end = (): void => {
    if (isOver) return;
    isOver = true;
    release(claim);
    rmSync(state, { recursive: true, force: true, maxRetries: 3 });
  };
  process.once("exit", end);
  for (const port of published(root)) await claimPort(claim, port);
  return {
    docker: { LAB_STATE: state },
    others: { DOCKER_HOST: `unix://${path.join(state, "no-daemon.sock")}` },
    end,
  };
}

/** Every port of this machine that a file of the docker lanes publishes. */
function published(root: string): number[] {
  const folder = path.join(root, "compose");
  const files = readdirSync(folder).filter((file) => file.endsWith(".yml"));
  const ports = files.flatMap((file) =>
    [
      ...readFileSync(path.join(folder, file), "utf8").matchAll(
        /^ *(?:- |ports: \[)"(?:[\d.]+:)?(\d+):\d+"/gm,
      ),
    ].map(([, port]) => Number(port)),
  );
  const own = OWN.flatMap((port) => [port, port + 1, port + 2]);
  return [...new Set([...ports, ...own])];
}
