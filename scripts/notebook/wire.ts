// Jupyter's wire protocol, as far as a runner speaks it: one message is some frames, signed.
//
//   [identity …] <IDS|MSG> signature header parent_header metadata content
//
// https://jupyter-client.readthedocs.io/en/stable/messaging.html#the-wire-protocol

import type { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";

export type Content = Readonly<Record<string, unknown>>;

/** A message as a kernel sent it. */
export interface Message {
  type: string;
  /** The request that it answers or belongs to; undefined for what a kernel says unasked. */
  parent: string | undefined;
  content: Content;
}

const DELIMITER = "<IDS|MSG>";

/** Makes the frames of a request. */
export function pack(request: {
  id: string;
  type: string;
  content: Content;
  session: string;
  key: string;
  date: Date;
}): string[] {
  const { id, type, content, session, key, date } = request;
  const header = {
    msg_id: id,
    session,
    username: "lab",
    date: date.toISOString(),
    msg_type: type,
    version: "5.3",
  };
  const parts = [header, {}, {}, content].map((part) => JSON.stringify(part));
  const signature = createHmac("sha256", key);
  for (const part of parts) signature.update(part);
  return [DELIMITER, signature.digest("hex"), ...parts];
}

/** Reads the frames of a message; undefined for what is none. */
export function unpack(frames: readonly Buffer[]): Message | undefined {
  const at = frames.findIndex((frame) => frame.toString() === DELIMITER);
  if (at < 0) return undefined;
  const [header, parent, , content] = frames
    .slice(at + 2, at + 6)
    .map((frame): unknown => JSON.parse(frame.toString()));
  if (!isContent(header) || !isContent(content)) return undefined;
  return {
    type: String(header["msg_type"]),
    parent: isContent(parent) ? text(parent["msg_id"]) : undefined,
    content,
  };
}

export function isContent(value: unknown): value is Content {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A field's text, undefined where it has none. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
