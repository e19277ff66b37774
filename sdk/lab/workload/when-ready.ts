// A client whose topic has to be made ready before its first operation.

import type { Client, Sent, Stream } from "../../client/client.ts";

/**
 * Puts `ready` before everything that a client does; where that fails, sends fail with its reason. A reading
 * begins where `begin` says, unless it goes on from another one.
 */
export function whenReady(
  client: Client,
  { ready, begin }: { ready(): Promise<void>; begin(topic: string): Promise<ReadonlyMap<number, string>> },
): Client {
  let isReady: Promise<void> | undefined;
  const prepared = (): Promise<void> =>
    (isReady ??= ready().catch((error: unknown) => {
      isReady = undefined;
      throw error;
    }));
  const stream = client.stream?.bind(client);
  return {
    ...(client.nextValue && { nextValue: () => client.nextValue!() }),
    async connect() {
      await prepared();
      await client.connect();
    },
    async send(record, signal) {
      const failed = await prepared().then(() => undefined, notSent);
      return failed ?? (await client.send(record, signal));
    },
    ...(stream && { stream: (how, onSent) => later(prepared(), () => stream(how, onSent)) }),
    async read(topic, how) {
      await prepared();
      return await client.read(topic, {
        ...how,
        from: new Map([...(await begin(topic)), ...(how.from ?? [])]),
      });
    },
    close: () => client.close(),
  };
}

function notSent(error: unknown): Sent {
  return { outcome: "fail", attempts: [], error: (error as Error).message.split("\n", 1)[0]! };
}

/** A stream that begins when its topic is ready. */
function later(prepared: Promise<void>, begin: () => Stream): Stream {
  let isStopped = false;
  const begun = prepared.then(() => (isStopped ? undefined : begin()));
  return {
    async stop(how) {
      isStopped = true;
      await (await begun.catch(() => undefined))?.stop(how);
    },
    ended: begun.then(
      (stream) => stream?.ended,
      (error: unknown) => error as Error,
    ),
  };
}
