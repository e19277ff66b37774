// The docker engine: the compose files as they are, run by docker compose under a project name of the lab's
// own.
//
//   compose/ + overrides (owner's label, timers) ──▶ docker compose up ──▶ one container a node
//     container.ts   the verbs          docker events   their effects          docker logs   the run's folder

import path from "node:path";
import {
  type ComposeProject,
  type ComposeSource,
  type KafkaService,
  kafkaServices,
} from "../../compose/mod.ts";
import { LabError } from "../../model/errors.ts";
import { claimGuarded } from "../../runtime/guarded.ts";
import type { Engine } from "../engine.ts";
import { PASSWORD_VARIABLE, type Secrets, SECRETS_VARIABLE, writeSecrets } from "../secrets.ts";
import type { Cli } from "./cli.ts";
import { containersOf, PROJECT_LABEL } from "./inspect.ts";
import { type Common, opened, type Started } from "./opening.ts";
import { writeOverrides } from "./overrides.ts";
import { OWNER_LABEL, ownerOf, writeOwner } from "./owner.ts";
import { removeAll } from "./removal.ts";

export interface DockerOptions extends Common {
  project: ComposeProject;
  /** The same with the sources on top: what the nodes are configured with. */
  effective: ComposeProject;
  /** Absolute paths of the compose files. */
  files: readonly string[];
  /** Compose's name for the cluster. @default one of the lab's own */
  name?: string | undefined;
  /** Images in place of the files', by service. */
  images: ReadonlyMap<string, string>;
  /** Variables on top of the files', by service. */
  variables: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** Sources to be merged after the files. */
  sources: readonly ComposeSource[];
  keep: boolean;
  /** Certificates and a password that the lab has made for this cluster. */
  secrets?: Secrets | undefined;
}

/**
 * Starts every service of the files and returns when the containers run, not when they serve.
 *
 * @throws LabError NO_COMPOSE, BAD_COMPOSE, PORT_TAKEN, PROJECT_TAKEN, NO_IMAGE, DISK_FULL, COMMAND_FAILED
 */
export async function openDocker(options: DockerOptions): Promise<Engine> {
  const { lab, cli, project, keep, signal } = options;
  const name = options.name ?? `kafka-failure-lab-${lab}`;
  const compose = await cli.composeVersion();
  if (options.name !== undefined) await assertFree(cli, name, signal);
  const owner = writeOwner(ownerOf(lab, keep));
  const label = `${OWNER_LABEL}=${owner}`;
  const { secrets, logDir } = options;
  const { claim, guardian } = claimGuarded(lab, { keep, keepDirs: secrets !== undefined, logDir, label });
  const parts = {
    ...options,
    label,
    guardian,
    claim,
    remove: (how: { wasEnded: boolean }) => removeAll(cli, label, how),
  };
  return await opened(parts, async () => {
    const added = writeOverrides(claim.dir, {
      project,
      owner,
      images: options.images,
      variables: options.variables,
      sources: options.sources,
      merges: !/docker-compose 1\./.test(compose),
    });
    const files = [...options.files, ...added].flatMap((file) => ["--file", file]);
    await cli.compose(
      "start the containers",
      [
        "--project-name",
        name,
        "--project-directory",
        path.dirname(options.files[0]!),
        ...files,
        "up",
        "--detach",
      ],
      {
        signal,
        onPid: (pid) => guardian.helper(pid),
        env: { ...cli.env, ...(secrets && secretVariables(claim.dir, secrets)) },
      },
    );
    return startedOf(options, `Docker ${cli.server}, ${compose}, project ${name}`);
  });
}

function startedOf({ effective, images, keep }: DockerOptions, where: string): Started {
  const services = kafkaServices(effective);
  const own = new Set(services.map(({ service, image }) => images.get(service) ?? image));
  const version = images.get(services[0]!.service)?.replace(/^.*:/, "") ?? services[0]!.version;
  return { services, version, from: `${[...own].join(", ")}; ${where}`, keep };
}

/** Writes the secrets, and returns the variables by which compose finds them. */
function secretVariables(dir: string, secrets: Secrets): Readonly<Record<string, string>> {
  const folder = writeSecrets(dir, secrets, { forContainers: true });
  return { [SECRETS_VARIABLE]: folder, [PASSWORD_VARIABLE]: secrets.password };
}

export interface AttachOptions extends Common {
  /** Compose's name for the running cluster. */
  name: string;
  /** The Kafka nodes among its containers, broker 1 first. */
  services: readonly KafkaService[];
}

/**
 * Takes a cluster that is up already. It is never removed; at the end only the lab's own faults are healed.
 */
export async function attachDocker(options: AttachOptions): Promise<Engine> {
  const { lab, cli, services, name } = options;
  const { claim, guardian } = claimGuarded(lab, {
    keep: false,
    keepCluster: true,
    keepDirs: false,
    logDir: options.logDir,
  });
  const parts = { ...options, label: `${PROJECT_LABEL}=${name}`, guardian, claim, remove: async () => {} };
  return await opened(parts, () =>
    Promise.resolve({
      services,
      version: services[0]!.version,
      from: `project ${name}, which was up already; Docker ${cli.server}`,
      keep: true,
      isFound: true,
    }),
  );
}

async function assertFree(cli: Cli, name: string, signal: AbortSignal | undefined): Promise<void> {
  const taken = await containersOf(cli, `${PROJECT_LABEL}=${name}`, signal);
  if (taken.length === 0) return;
  const containers = taken.length === 1 ? "a container" : `${taken.length} containers`;
  const names = taken.map(({ name }) => name).join(", ");
  throw new LabError(
    "PROJECT_TAKEN",
    `Cannot start the project ${name}: it has ${containers} already (${names})`,
    {
      hint: `To use what runs: attachLab({ project: "${name}" }). To end it: docker compose -p ${name} down.`,
    },
  );
}
