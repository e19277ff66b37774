// What a running compose project consists of, read from its containers: the files need not be there any more.

import path from "node:path";
import {
  type ComposeProject,
  type ComposeService,
  type KafkaService,
  kafkaServices,
} from "../../compose/mod.ts";
import { readCompose } from "../../compose/read.ts";
import { LabError } from "../../model/errors.ts";
import type { Cli } from "./cli.ts";
import { type ContainerFacts, containersOf, PROJECT_LABEL } from "./inspect.ts";

/**
 * Lists the Kafka nodes of a project, in the order of its files where they can still be read, else by service
 * name.
 *
 * @throws LabError NO_SUCH_PROJECT, BAD_COMPOSE, UNSUPPORTED
 */
export async function servicesOfProject(
  cli: Cli,
  name: string,
  signal?: AbortSignal,
): Promise<readonly KafkaService[]> {
  const facts = await containersOf(cli, `${PROJECT_LABEL}=${name}`, signal);
  if (facts.length === 0) {
    const { stdout } = await cli.docker(
      "list projects",
      ["ps", "--all", "--format", `{{.Label "${PROJECT_LABEL}"}}`],
      { signal },
    );
    const others = [...new Set(stdout.split("\n").filter((line) => line !== ""))];
    throw new LabError(
      "NO_SUCH_PROJECT",
      `Cannot attach to the project ${name}: no container belongs to it`,
      {
        hint:
          others.length === 0
            ? "No compose project is up. `docker compose ls` lists them."
            : `There are ${others.join(", ")}.`,
      },
    );
  }
  return kafkaServices(projectOf(name, facts));
}

/** Describes containers as the compose file that would make them. */
export function projectOf(name: string, facts: readonly ContainerFacts[]): ComposeProject {
  const order = orderIn(facts);
  const rank = ({ service }: ContainerFacts): number =>
    order.includes(service) ? order.indexOf(service) : order.length;
  const sorted = [...facts].sort(
    (a, b) => rank(a) - rank(b) || a.service.localeCompare(b.service, "en", { numeric: true }),
  );
  // a container without process roles that does not run any more was a tool in a Kafka image
  const nodes = sorted.filter(
    ({ state, environment }) =>
      state !== "stopped" || Object.keys(environment).some((key) => /^KAFKA_(CFG_)?PROCESS_ROLES$/.test(key)),
  );
  return { name, files: [`the project ${name}`], services: nodes.map(serviceOf), keys: [], notes: [] };
}

function serviceOf({ service, name, image, environment, ports, hostNames }: ContainerFacts): ComposeService {
  return {
    service,
    location: { file: `container ${name}`, line: 0 },
    image,
    environment,
    variables: {},
    ports,
    mounts: [],
    capAdd: [],
    containerName: name,
    hostname: null,
    aliases: hostNames,
    keys: [],
  };
}

/** The service names as the project's files list them; compose notes the files in a label. */
function orderIn(facts: readonly ContainerFacts[]): string[] {
  const labels = facts[0]!.labels;
  const folder = labels["com.docker.compose.project.working_dir"] ?? "";
  const files = (labels["com.docker.compose.project.config_files"] ?? "")
    .split(",")
    .filter((file) => file !== "")
    .map((file) => path.resolve(folder, file));
  try {
    return files.length === 0
      ? []
      : readCompose(files, { env: {}, cwd: folder }).services.map(({ service }) => service);
  } catch {
    return []; // the files are elsewhere, or have changed: the names will do
  }
}
