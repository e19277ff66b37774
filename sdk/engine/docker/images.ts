// The images of a cluster: here, or pulled with progress.

import { LabError } from "../../model/errors.ts";
import type { OnProgress } from "../../runtime/progress.ts";
import type { Cli } from "./cli.ts";

/**
 * Makes sure that every image is here, and pulls what is not.
 *
 * @throws LabError NO_IMAGE naming the first that can neither be found nor pulled
 */
export async function ensureImages(
  cli: Cli,
  images: readonly string[],
  { onProgress, signal }: { onProgress: OnProgress; signal?: AbortSignal | undefined },
): Promise<void> {
  for (const image of new Set(images)) {
    if (await isHere(cli, image, signal)) continue;
    onProgress(`pulling ${image}, once`, "begin");
    let [layers, done] = [0, 0];
    const said = (): string => `pulling ${image}: ${done} of ${Math.max(layers, done)} layers`;
    const onLine = (line: string): void => {
      if (/: Pulling fs layer/.test(line)) layers++;
      if (/: (Pull complete|Already exists)/.test(line)) done++;
      onProgress(said(), "count");
    };
    try {
      await cli.docker(`pull ${image}`, ["pull", image], { signal, onLine });
    } finally {
      onProgress(said(), "end");
    }
  }
}

async function isHere(cli: Cli, image: string, signal: AbortSignal | undefined): Promise<boolean> {
  return await cli
    .docker(`inspect ${image}`, ["image", "inspect", "--format", "{{.Id}}", image], { signal })
    .then(
      () => true,
      (error: unknown) => {
        if (error instanceof LabError && (error.code === "NO_IMAGE" || error.code === "COMMAND_FAILED"))
          return false;
        throw error;
      },
    );
}
