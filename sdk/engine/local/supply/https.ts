// The way by plain HTTPS: where the address of a repository is known, the pinned sums make it as safe as
// Maven, and ten times as fast.

import { basename } from "node:path";
import { checksumError, type Flaw, type Jar, placeJar } from "./jars.ts";

/** How many jars are fetched at a time. */
const STREAMS = 8;

/** What the way by HTTPS needs. */
export interface HttpsOptions {
  /** The repository's address, without a closing slash. */
  remote: string;
  missing: readonly Jar[];
  folder: string;
  /** Is called for each jar that is in place. */
  onJar: (jar: Jar) => void;
  signal?: AbortSignal | undefined;
}

/**
 * Fetches jars by HTTP or HTTPS, eight at a time, each at most twice.
 *
 * Rejects with what went wrong on the wire as it comes: the caller has other ways left.
 *
 * @throws LabError `CHECKSUM` where a file differs twice, `DISK_FULL`
 */
export async function fetchByHttps(options: HttpsOptions): Promise<void> {
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
  const queue = options.missing.values();
  const neededBytes = options.missing.reduce((sum, jar) => sum + jar.bytes, 0);
  const stream = async (): Promise<void> => {
    for (const jar of queue) {
      await fetchJar(jar, options, neededBytes, signal);
      options.onJar(jar);
    }
  };
  const results = await Promise.allSettled(
    Array.from({ length: STREAMS }, () =>
      stream().catch((error: unknown) => (stop.abort(error), Promise.reject(error))),
    ),
  );
  if (results.some((result) => result.status === "rejected")) throw signal.reason;
}

async function fetchJar(
  jar: Jar,
  { remote, folder }: HttpsOptions,
  neededBytes: number,
  signal: AbortSignal,
): Promise<void> {
  let flaw: Flaw | undefined;
  for (let attempts = 0; attempts < 2; attempts++) {
    const response = await fetch(`${remote}/${jar.path}`, { signal });
    if (!response.ok || response.body === null)
      throw new Error(`${basename(jar.path)}: the repository answered ${response.status}`);
    flaw = await placeJar(folder, jar, response.body as unknown as AsyncIterable<Uint8Array>, neededBytes); // the DOM types do not know that it iterates
    if (flaw === undefined) return;
  }
  if (flaw !== undefined) throw checksumError(jar, flaw, remote);
}
