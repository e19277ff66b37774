// One node's container: each verb is one docker command, and its effect is what the daemon tells of it.

import { performance } from "node:perf_hooks";
import type { Action, Exit, NodeStatus, StopOptions } from "../engine.ts";
import { exitOf, letGo } from "../exit.ts";
import { tail } from "../../runtime/tail.ts";
import { withinMs } from "../../runtime/within.ts";
import type { Cli } from "./cli.ts";
import type { ContainerEvent } from "./events.ts";
import { type ContainerFacts, inspect } from "./inspect.ts";
import { type FollowedLog, followLog, sinceOf } from "./logs.ts";

export interface Container {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  /** Its address in the containers' network, as it was when the lab opened. */
  readonly address: string;
  start(): Promise<Action>;
  stop(options?: StopOptions): Promise<Action>;
  kill(): Promise<Action>;
  pause(): Promise<Action>;
  resume(): Promise<Action>;
  status(): NodeStatus;
  hear(event: ContainerEvent): void;
  /** Looks at the container itself, where events may have been missed. */
  look(): Promise<void>;
  /** Resolves when what its log says of an end can be read; at once where it runs. */
  settled(): Promise<void>;
  /**
   * Begins to follow the log; on two cores that delays the brokers' start, and nobody needs it before one
   * serves or ends.
   */
  attend(): void;
  /** Ends what follows the log; one that nobody has followed yet is copied first. */
  close(): Promise<void>;
}

export interface ContainerParts {
  cli: Cli;
  facts: ContainerFacts;
  /** The file that the container's log is followed into. */
  logFile: string;
  onExit(exit: Exit, asked: boolean): void;
  /** Hears of every start, whoever asked for it. */
  onStart(): void;
  /** Hears of processes that follow logs, which must not outlive the owner. */
  onHelper(pid: number): void;
}

const STOP_TIMEOUT_MS = 10_000; // docker stop's
const EVENT_MS = 2_000;
const KILLED = 137;

export function makeContainer({ cli, facts, logFile, onExit, onStart, onHelper }: ContainerParts): Container {
  const { id, service } = facts;
  let status: NodeStatus = statusOf(facts);
  let asked = false;
  /** By action: who waits for it. */
  const waiting = new Map<ContainerEvent["action"], Set<() => void>>();
  /** Of a cluster that is up for weeks, only this run's lines. */
  const since = facts.startedAt.startsWith("0001-") ? undefined : facts.startedAt;
  let log: FollowedLog | undefined;
  let isEnding = false;
  /** Started again before its end was told. */
  let isSuperseded = false;
  let exiting: Promise<void> = Promise.resolve();
  /** How many events were heard. */
  let changes = 0;

  const attend = (): FollowedLog => (log ??= follow(since));

  function follow(from: string | undefined): FollowedLog {
    const followed = followLog({ cli, id, file: logFile, since: from });
    if (followed.pid !== undefined) onHelper(followed.pid);
    return followed;
  }

  function hear(event: ContainerEvent): void {
    changes++;
    switch (event.action) {
      case "start":
        if (log !== undefined && (status.state === "stopped" || isEnding))
          log = follow(sinceOf(event.timeNano));
        isSuperseded = isEnding; // somebody was quicker than the log
        status = { state: "running" };
        onStart();
        break;
      case "pause":
        status = { ...status, state: "paused" };
        break;
      case "unpause":
        status = { ...status, state: "running" };
        break;
      case "die":
        died(event.exitCode ?? 0);
        break;
      case "kill":
        break;
    }
    for (const resolve of waiting.get(event.action) ?? []) resolve();
  }

  /**
   * Is over once the log is written to its end: its last lines say why a broker ended, and whether its
   * shutdown was controlled; SIGKILL has no last words.
   */
  function died(code: number): void {
    if (status.state === "stopped" || (isEnding && !isSuperseded)) return;
    isEnding = true;
    isSuperseded = false;
    const [wasAsked, last] = [asked, attend()];
    asked = false;
    exiting = exiting
      .then(() => (code === KILLED ? undefined : withinMs(last.ended, EVENT_MS)))
      .then(() => {
        const exit = exitOf(code, letGo(tail(logFile, last.from)));
        if (log === last) {
          isEnding = false;
          status = { state: "stopped", exit };
        }
        if (isSuperseded) isEnding = isSuperseded = false;
        onExit(exit, wasAsked);
      });
  }

  /** Resolves with the moment at which the daemon told of it. */
  function heard(action: ContainerEvent["action"]): Promise<number> {
    return new Promise((resolve) => {
      const who = waiting.get(action) ?? new Set();
      waiting.set(action, who);
      const done = (): void => {
        who.delete(done);
        resolve(performance.now());
      };
      who.add(done);
    });
  }

  /**
   * Runs a command and returns when the daemon has told of its effect; where it does not tell, the container
   * is looked at.
   */
  async function act(
    what: string,
    args: readonly string[],
    effect: ContainerEvent["action"],
  ): Promise<Action> {
    const began = performance.now();
    const hearing = heard(effect);
    await cli.docker(`${what} ${service}`, args, args[0] === "stop" ? { onPid: onHelper } : {}); // the others are done at once
    const ended = performance.now();
    // docker answers when a container is frozen or thawed; its event may come a little later
    if (effect === "pause" || effect === "unpause") hear({ id, action: effect, timeNano: Date.now() * 1e6 });
    const effectAt = await withinMs(hearing, EVENT_MS);
    if (effectAt === undefined) await look();
    return {
      effectAt: Math.min(effectAt ?? ended, ended),
      tookMs: performance.now() - began,
      via: `docker ${args.slice(0, -1).join(" ")}`,
    };
  }

  async function ending(
    what: string,
    args: readonly string[],
    effect: ContainerEvent["action"],
  ): Promise<Action> {
    asked = true;
    const end = heard("die");
    try {
      const action = await act(what, args, effect);
      if (status.state !== "stopped" && !isEnding) await withinMs(end, EVENT_MS);
      if (status.state !== "stopped" && !isEnding) await look();
      await exiting;
      return { ...action, ...(status.exit && { exit: status.exit }) };
    } catch (error) {
      asked = false;
      throw error;
    }
  }

  async function look(): Promise<void> {
    const before = changes;
    const [now] = await inspect(cli, [id]);
    if (now === undefined) return;
    if (changes !== before) return await look(); // what was seen may be older than what was heard meanwhile
    if (now.state === "stopped") died(now.exitCode);
    else if (status.state === "stopped")
      hear({ id, action: "start", timeNano: Date.parse(now.startedAt) * 1e6 });
    if (now.state !== "stopped") status = { ...status, state: now.state };
  }

  return {
    id,
    name: facts.name,
    image: facts.image,
    address: facts.addresses[0] ?? "",
    start: () => act("start", ["start", id], "start"),
    async stop({ timeoutMs = STOP_TIMEOUT_MS } = {}) {
      const action = await ending("stop", ["stop", "-t", String(Math.ceil(timeoutMs / 1000)), id], "kill");
      const inTime = action.exit?.code !== KILLED;
      return {
        ...action,
        via: "docker stop",
        ...(inTime
          ? {}
          : {
              differs: `did not end within ${Math.ceil(timeoutMs / 1000)} s of SIGTERM and was killed by docker`,
            }),
      };
    },
    kill: () => ending("kill", ["kill", id], "die"),
    pause: () => act("pause", ["pause", id], "pause"),
    resume: () => act("unpause", ["unpause", id], "unpause"),
    status: () => ({ ...status }),
    hear,
    look,
    async settled() {
      if (status.state === "stopped") await withinMs(attend().ended, EVENT_MS);
    },
    attend: () => void attend(),
    async close() {
      if (log !== undefined) return await log.close();
      const rest = followLog({ cli, id, file: logFile, since, untilNow: true });
      await withinMs(rest.ended, EVENT_MS);
      await rest.close();
    },
  };
}

function statusOf({ state, exitCode, pid }: ContainerFacts): NodeStatus {
  return state === "stopped"
    ? { state, exit: exitOf(exitCode, "unknown") }
    : { state, ...(pid > 0 && { pid }) };
}
