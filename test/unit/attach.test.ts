// The program that has a JVM load the agent, against a stand-in that answers as HotSpot's attach listener.

import { execFile } from "node:child_process";
import { rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { findJava } from "@kafka-failure-lab/sdk/testing";
import { skip } from "../skip.ts";

const ATTACH = fileURLToPath(new URL("../../sdk/engine/disk/java/Attach.java", import.meta.url));
/** Where a JVM of this process's id would listen. */
const SOCKET = `/tmp/.java_pid${process.pid}`;
const EARLY = "-1\njava.lang.NullPointerException\n";
const LOADED = "0\nreturn code: 0\n";

const test = suite("attach");
const java = await findJava({ env: process.env }).then(
  (found) => found.path,
  () => undefined,
);

/** Answers one after the other; the last one again and again. */
async function listen(answers: readonly string[]): Promise<{ server: Server; orders: string[] }> {
  rmSync(SOCKET, { force: true });
  const orders: string[] = [];
  const server = createServer((connection) =>
    connection.once("data", (order) => {
      orders.push(order.toString("utf8"));
      connection.end(answers[Math.min(orders.length, answers.length) - 1]!);
    }),
  );
  await new Promise<void>((resolve) => server.listen(SOCKET, resolve));
  return { server, orders };
}

async function attach(
  java: string,
  answers: readonly string[],
): Promise<{ code: number; err: string; orders: string[] }> {
  const { server, orders } = await listen(answers);
  try {
    return await new Promise((resolve) => {
      execFile(java, [ATTACH, String(process.pid), "agent.jar", "folder"], (error, _out, err) =>
        resolve({ code: error === null ? 0 : Number(error.code), err, orders }),
      );
    });
  } finally {
    server.close();
    rmSync(SOCKET, { force: true });
  }
}

test("a JVM that has no module layer yet is asked again until it loads the agent", async () => {
  if (java === undefined) return skip("no Java");
  const { code, err, orders } = await attach(java, [EARLY, EARLY, LOADED]);
  assert.is(code, 0, err);
  assert.equal([...new Set(orders)], ["1\0load\0instrument\0false\0agent.jar=folder\0"]);
  assert.is(orders.length, 3);
});
test("any other refusal is said at once", async () => {
  if (java === undefined) return skip("no Java");
  for (const answer of ["-1\njava.lang.IllegalStateException\n", "0\nreturn code: 100\n"]) {
    const { code, err, orders } = await attach(java, [answer, LOADED]);
    assert.is(code, 3);
    assert.match(err, /the JVM refused the agent: /);
    assert.is(orders.length, 1);
  }
});
test.run();
