// The channels of a kernel, over ZeroMQ: requests and their replies, and what the kernel publishes.
//
//   shell, control   request ─▶ kernel ─▶ reply
//   iopub            ◀─ busy, output of cells, idle        by the id of the request

import type { Buffer } from "node:buffer";
import { randomUUID } from "node:crypto";
import { Dealer, Subscriber } from "zeromq";
import { LabError } from "@kafka-failure-lab/sdk";
import { type Content, type Message, pack, unpack } from "./wire.ts";

export interface RequestOptions {
  timeoutMs: number;
  /** @default "shell" */
  channel?: "shell" | "control";
  /** Called with what the kernel publishes for this request, also after its reply. */
  onMessage?: (message: Message) => void;
}

export interface Channels {
  /**
   * Resolves with the content of the reply, once the kernel is idle again.
   *
   * @throws LabError NOT_READY after the timeout; what `died` rejects with
   */
  request(type: string, content: Content, options: RequestOptions): Promise<Content>;
  close(): void;
}

export interface ChannelsOptions {
  shell: number;
  control: number;
  iopub: number;
  /** Signs messages. */
  key: string;
  /** Rejects when the kernel's process ends. */
  died: Promise<never>;
}

type Channel = "shell" | "control" | "iopub";
type Listener = (message: Message, channel: Channel) => void;

/** Connects to a kernel's ports on this machine. */
export function connectChannels({ key, died, ...ports }: ChannelsOptions): Channels {
  const session = randomUUID();
  const sockets = openSockets(ports);
  /** By the request's id; never removed, because a kernel may publish late what belongs to a cell. */
  const listeners = new Map<string, Listener>();
  for (const [channel, socket] of Object.entries(sockets) as [Channel, AsyncIterable<Buffer[]>][])
    void dispatch(socket, channel, listeners).catch(() => {});
  return {
    async request(type, content, { timeoutMs, channel = "shell", onMessage }) {
      const id = randomUUID();
      const expiry = timeLimit(type, timeoutMs);
      const answered = answer(channel, onMessage);
      listeners.set(id, answered.listener);
      try {
        await sockets[channel].send(pack({ id, type, content, session, key, date: new Date() }));
        return await Promise.race([answered.reply, expiry.expired, died]);
      } finally {
        expiry.stop();
      }
    },
    close() {
      for (const socket of Object.values(sockets)) socket.close();
    },
  };
}

interface Sockets {
  shell: Dealer;
  control: Dealer;
  iopub: Subscriber;
}

function openSockets(ports: Readonly<Record<Channel, number>>): Sockets {
  const sockets: Sockets = {
    shell: new Dealer({ linger: 0 }),
    control: new Dealer({ linger: 0 }),
    iopub: new Subscriber({ linger: 0 }),
  };
  for (const channel of ["shell", "control", "iopub"] as const)
    sockets[channel].connect(`tcp://127.0.0.1:${ports[channel]}`);
  sockets.iopub.subscribe();
  return sockets;
}

/** Hands every message to the listener of the request that it belongs to. */
async function dispatch(
  socket: AsyncIterable<Buffer[]>,
  channel: Channel,
  listeners: ReadonlyMap<string, Listener>,
): Promise<void> {
  for await (const frames of socket) {
    const message = unpack(frames);
    if (message?.parent !== undefined) listeners.get(message.parent)?.(message, channel);
  }
}

/** The reply, once the kernel has also said that it is idle. */
function answer(
  channel: Channel,
  onMessage: RequestOptions["onMessage"],
): { reply: Promise<Content>; listener: Listener } {
  const { promise, resolve } = deferred<Content>();
  let reply: Content | undefined;
  let isIdle = channel === "control"; // Deno's kernel reports neither busy nor idle there
  return {
    reply: promise,
    listener(message, from) {
      if (from !== "iopub") reply = message.content;
      else if (message.type === "status") isIdle ||= message.content["execution_state"] === "idle";
      else onMessage?.(message);
      if (reply !== undefined && isIdle) resolve(reply);
    },
  };
}

function deferred<T>(): { promise: Promise<T>; resolve(value: T): void } {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((settle) => void (resolve = settle));
  return { promise, resolve };
}

function timeLimit(type: string, timeoutMs: number): { expired: Promise<never>; stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    const text = `timed out after ${timeoutMs / 1000} s waiting for the kernel's reply to ${type}`;
    timer = setTimeout(() => reject(new LabError("NOT_READY", text, { tookMs: timeoutMs })), timeoutMs);
  });
  return { expired, stop: () => clearTimeout(timer) };
}
