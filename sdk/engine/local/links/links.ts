// The SDK's side of the links: starts the process that they live in, tells it what is wrong, and measures on
// them.

import { type ChildProcess, spawn } from "node:child_process";
import { performance } from "node:perf_hooks";
import { createInterface } from "node:readline";
import { LabError } from "../../../model/errors.ts";
import { plainProgram } from "../../../runtime/guardian/guardian.ts";
import { markOf } from "../../../runtime/guardian/processes.mjs";
import { type ProcessRecord, recorded } from "../../../runtime/guardian/records.mjs";
import { type NetFault, sayFault } from "../../../model/traffic.ts";
import { openEcho } from "../../echo.ts";
import type { Network } from "../../network.ts";
import { cannotDo, type LinkedNode, type LinkKind, type LinkState, linkStates } from "./plan.ts";

/** A link to be made. */
export interface LinkOrder {
  node: string;
  kind: LinkKind;
  /** Where it accepts, and for whom; the empty name is anybody. */
  listeners: readonly { dialer: string; host: string; port: number }[];
  /** The broker's own port. */
  to: number;
}

export interface LinksNode extends LinkedNode {
  /** `host:port` at which clients dial it. */
  client: string | null;
}

export interface Links {
  readonly pid: number;
  readonly network: Network;
  /** The node's process is about to run: accept for it. */
  listen(service: string): Promise<void>;
  /**
   * The node's process has ended: refuse; one that `restartsAfterOwner` does so at the latest when the owner is gone.
   */
  stopListening(service: string, options?: { restartsAfterOwner?: boolean }): void;
  /** Ends the links; with `keep` heals them and lets go. */
  close(options: { keep: boolean }): Promise<void>;
}

interface Said {
  error?: string;
  port?: number;
  counts?: Record<string, number>;
}

const DIFFERS: readonly string[] = [
  "a TCP link in front of the listener: connections are accepted at once and dialled as late as the delay has it, as by a published docker port; set-up timeouts of clients and peers do not fire",
];

/**
 * Starts the links.
 *
 * @throws LabError PORT_TAKEN, COMMAND_FAILED
 */
export async function startLinks({
  record,
  nodes,
  orders,
}: {
  record: ProcessRecord;
  nodes: readonly LinksNode[];
  orders: readonly LinkOrder[];
}): Promise<Links> {
  const { command, args, env } = plainProgram(
    new URL("./relay.mjs", import.meta.url),
    JSON.stringify({ keep: record.keep }),
    markOf(record),
  );
  const [program, ...rest] = recorded(record, [command, ...args]);
  const child = spawn(program, rest, { detached: true, stdio: ["pipe", "pipe", "ignore"], env });
  child.on("error", () => {});
  // at the limit of open files it has no streams either
  if (child.pid === undefined)
    throw new LabError("COMMAND_FAILED", "Cannot start the links: the system started no process", {
      command: program!,
    });
  const waiting = new Map<number, { resolve(said: Said): void; reject(error: Error): void }>();
  let count = 0;
  let isClosed = false;
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  child.stdin!.on("error", () => {});
  void ended.then(() => {
    for (const { reject } of waiting.values())
      reject(
        new LabError(
          "COMMAND_FAILED",
          `Cannot use the links: their process has ended${child.exitCode === null ? "" : ` with ${child.exitCode}`}`,
          { hint: "Was it ended from outside? Nobody reaches the brokers without it: close the lab." },
        ),
      );
    waiting.clear();
  });
  createInterface({ input: child.stdout! }).on("line", (line) => {
    const { id, ...said } = JSON.parse(line) as Said & { id: number };
    waiting.get(id)?.resolve(said);
    waiting.delete(id);
  });
  holdOpen(child, false);

  async function request(what: object): Promise<Said> {
    const id = ++count;
    const answer = new Promise<Said>((resolve, reject) => waiting.set(id, { resolve, reject }));
    if (child.exitCode !== null || child.pid === undefined)
      waiting.get(id)!.reject(
        new LabError("COMMAND_FAILED", "Cannot use the links: their process does not run", {
          hint: "Was it ended from outside? Nobody reaches the brokers without it: close the lab.",
        }),
      );
    else child.stdin!.write(`${JSON.stringify({ id, ...what })}\n`);
    holdOpen(child, true);
    const said = await answer.finally(() => holdOpen(child, waiting.size > 0));
    if (said.error === undefined) return said;
    if (said.error === "EADDRINUSE" && said.port !== undefined)
      throw new LabError("PORT_TAKEN", `Cannot listen on port ${said.port}: somebody has taken it`, {
        port: said.port,
        hint: `Does another program listen there? \`lsof -nP -iTCP:${said.port} -sTCP:LISTEN\` tells which.`,
      });
    throw new LabError("COMMAND_FAILED", `Cannot set up a link: ${said.error}`, {});
  }

  async function close({ keep: letLive }: { keep: boolean }): Promise<void> {
    if (isClosed) return;
    isClosed = true;
    if (letLive) child.stdin!.end();
    else {
      await request({ end: true }).catch(() => {});
      holdOpen(child, true);
      await ended;
    }
  }

  try {
    await request({ open: orders });
  } catch (error) {
    await close({ keep: false });
    throw error;
  }

  const network: Network = {
    check(faults) {
      const one = faults.find((fault) => cannotDo(fault) !== undefined);
      if (one === undefined) return Promise.resolve();
      return Promise.reject(
        new LabError(
          "UNSUPPORTED",
          `Cannot make a ${sayFault(one)} with the local engine: ${cannotDo(one)}`,
          {
            broker: one.broker,
            hint: "The docker engine can, where the kernel has sch_netem: LAB_ENGINE=docker. Here there are delay, throttle, isolate and split.",
          },
        ),
      );
    },
    async apply(faults: readonly NetFault[]) {
      const beganAt = performance.now();
      const states: Record<string, LinkState> = linkStates(faults, nodes);
      await request({ set: states });
      const effectAt = performance.now();
      return {
        effectAt,
        tookMs: effectAt - beganAt,
        via: "TCP link",
        differs: faults.length === 0 ? [] : DIFFERS,
      };
    },
    line({ broker, path, from }) {
      const node = nodes.find((one) => one.broker === broker);
      if (path === "clients")
        return Promise.resolve(
          node?.client ? openEcho(node.client) : `broker ${broker} has no listener for clients`,
        );
      const dialer = nodes.find((one) => (from === undefined ? one !== node : one.broker === from))?.service;
      const listener = orders
        .filter(
          (one) =>
            one.node === node?.service && one.kind === (path === "controllers" ? "controller" : "data"),
        )
        .flatMap(({ listeners }) => listeners)
        .find((one) => one.dialer === dialer);
      return Promise.resolve(
        listener === undefined
          ? `nobody dials broker ${broker} on the path ${path}`
          : openEcho(`${listener.host}:${listener.port}`),
      );
    },
    async counts(broker) {
      const { counts = {} } = await request({ counts: true });
      const service = nodes.find((one) => one.broker === broker)?.service ?? "";
      const own = Object.entries(counts).filter(
        ([key]) => key.startsWith(`${service}|`) || key.endsWith(`|${service}`),
      );
      const acted = own.reduce((sum, [, bytes]) => sum + bytes, 0);
      return { text: `${acted} bytes went through the faulty links`, acted, dropped: 0 };
    },
  };
  return {
    pid: child.pid!,
    network,
    listen: async (service) => void (await request({ serve: service })),
    stopListening: (service, { restartsAfterOwner = false } = {}) =>
      void (isClosed || request({ stopListening: service, restartsAfterOwner }).catch(() => {})),
    close,
  };
}

/** Open links do not keep the program alive; only while an answer is awaited. */
function holdOpen(child: ChildProcess, wanted: boolean): void {
  for (const one of [child, child.stdin, child.stdout]) {
    const handle = one as unknown as { ref?(): void; unref?(): void };
    if (wanted) handle.ref?.();
    else handle.unref?.();
  }
}
