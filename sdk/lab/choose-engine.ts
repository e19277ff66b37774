// Which engine runs the brokers, and why.

import process from "node:process";
import type { ComposeProject } from "../compose/mod.ts";
import { type Cli, ensureImages, findCli } from "../engine/docker/mod.ts";
import { labEngine } from "../engine/environment.ts";
import { LabError, stateOf } from "../model/errors.ts";
import type { OnProgress } from "../runtime/progress.ts";

/** The chosen engine; `instead` is why `auto` could not use Docker. */
export type Choice =
  | { kind: "docker"; cli: Cli; why: string }
  | { kind: "local"; why?: string; instead?: LabError };

interface ChooseOptions {
  engine?: string;
  onProgress: OnProgress;
  signal?: AbortSignal;
}

/**
 * Chooses the engine that `options.engine` or the environment's LAB_ENGINE asks for. `auto` is Docker if a
 * daemon and compose answer and every image is present or can be pulled, otherwise local; `why` is the
 * reason.
 *
 * @throws LabError NO_ENGINE for an unknown engine; for `docker` also NO_COMPOSE, NO_IMAGE
 */
export async function chooseEngine(
  { engine: asked, onProgress, signal }: ChooseOptions,
  project: ComposeProject,
  images: ReadonlyMap<string, string>,
): Promise<Choice> {
  const engine = engineName(asked ?? labEngine(process.env));
  if (engine === "local") return { kind: "local" };
  try {
    const cli = await findCli({ env: process.env, signal });
    const [compose] = await Promise.all([
      cli.composeVersion(),
      ensureImages(
        cli,
        project.services.flatMap(({ service, image, keys }) =>
          keys.some(({ key }) => key === "build") ? [] : (images.get(service) ?? image ?? []),
        ),
        { onProgress, signal },
      ),
    ]);
    return {
      kind: "docker",
      cli,
      why: `docker engine: a daemon (${cli.server}) and compose (${compose}) answer, the images are present`,
    };
  } catch (error) {
    signal?.throwIfAborted();
    if (engine === "docker" || !(error instanceof LabError)) throw error;
    return {
      kind: "local",
      instead: error,
      why: `local engine, because Docker is not available: ${stateOf(error)}`,
    };
  }
}

type EngineName = "auto" | "local" | "docker";

function engineName(engine: string | undefined): EngineName {
  if (engine === undefined || engine === "") return "auto";
  if (engine === "auto" || engine === "local" || engine === "docker") return engine;
  throw new LabError(
    "NO_ENGINE",
    `Cannot use the engine ${JSON.stringify(engine)}: expected "auto", "docker" or "local"`,
    { hint: "The local engine needs Java 17 or newer, and no Docker." },
  );
}
