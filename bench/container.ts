// The container of a lab with one broker, for bare docker commands beside the lab's verbs.

import type { Cli } from "@kafka-failure-lab/sdk/testing";

/** The id of the only running container of a compose project. */
export async function containerOf(cli: Cli, project: string): Promise<string> {
  const label = `label=com.docker.compose.project=${project}`;
  const { stdout } = await cli.docker("find the container", ["ps", "--quiet", "--filter", label]);
  return stdout.trim();
}
