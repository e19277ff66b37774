// Which containers' disks forget, and which process of each has the agent that notes what was forced.

import type { OnProgress } from "../../runtime/progress.ts";
import { forgottenWords } from "../disk/journal.ts";
import type { Cli } from "./cli.ts";
import type { Container } from "./container.ts";
import { KILLED } from "./container-state.ts";
import { forget } from "./forget.ts";
import { inspect } from "./inspect.ts";

export interface ForgetfulParts {
  cli: Cli;
  containers: ReadonlyMap<string, Container>;
  /** A private folder of this machine. */
  folder: string;
  onProgress: OnProgress;
  /** The agent's journal, in each container. */
  journal: string;
}

export interface Forgetful {
  /** From now on the disk of a container forgets what is in these folders. */
  add(service: string, folders: readonly string[]): void;
  delete(service: string): void;
  /** Runs what attaches the agent to the process that runs in a container now. */
  attached(service: string, attach: () => Promise<unknown>): Promise<void>;
  /**
   * Of a container that was killed: loses what its disk has forgotten, and says so; undefined for nothing.
   */
  lost(service: string): Promise<string | undefined>;
}

/** A disk that forgets: the folders on it, and when the process with the agent was started. */
interface Noted {
  readonly folders: readonly string[];
  startedAt: string | undefined;
}

export function makeForgetful({ cli, containers, journal, ...parts }: ForgetfulParts): Forgetful {
  const disks = new Map<string, Noted>();
  return {
    add: (service, folders) => void disks.set(service, { folders, startedAt: undefined }),
    delete: (service) => void disks.delete(service),
    async attached(service, attach) {
      const disk = disks.get(service);
      // looked at before: a process that starts meanwhile is not the one that was noted
      const [now] = disk === undefined ? [] : await inspect(cli, [containers.get(service)!.id]);
      await attach();
      if (disk !== undefined) disk.startedAt = now?.startedAt;
    },
    // what SIGTERM has ended, or its own failure, loses nothing; and of a process without the agent, by
    // whomever it was started, the journal does not know what it has forced
    async lost(service) {
      const disk = disks.get(service);
      if (disk?.startedAt === undefined) return undefined;
      const { id } = containers.get(service)!;
      const [now] = await inspect(cli, [id]);
      if (now?.state !== "stopped" || now.exitCode !== KILLED || now.startedAt !== disk.startedAt)
        return undefined;
      return forgottenWords(await forget({ cli, service, id, ...parts }, journal, disk.folders));
    },
  };
}
