// Docker: the client, the daemon behind it, compose, and the images of the lab's compose files.

import type { ComposeProject } from "../compose/mod.ts";
import { isElsewhere } from "../engine/docker/mod.ts";
import { type Answer, ask } from "./ask.ts";
import { onPath } from "./program.ts";
import { install, type MachineCheck, type Surroundings } from "./report.ts";
import { clusters } from "./room.ts";

export async function checkDocker(around: Surroundings): Promise<MachineCheck[]> {
  const { env, platform } = around;
  const half = { ...around, timeoutMs: around.timeoutMs * 0.45 }; // two questions, one after the other
  const [version, context, v2, v1, hasDaemon] = await Promise.all([
    ask(["docker", "version", "--format", "{{json .}}"], half),
    ask(["docker", "context", "inspect", "--format", "{{.Endpoints.docker.Host}}"], half),
    ask(["docker", "compose", "version", "--short"], half),
    ask(["docker-compose", "version", "--short"], half),
    onPath("dockerd", env, ["/usr/sbin", "/usr/local/sbin"]).then((found) => found !== undefined),
  ]);
  const host =
    env["DOCKER_HOST"] ||
    (context.kind === "ended" && context.exitCode === 0 ? context.stdout.trim() : undefined);
  const daemon = readDaemon(version, platform, { isInstalled: hasDaemon, host });
  const images = imagesOf(clusters(env).map(({ project }) => project));
  const answers = await Promise.all(
    images.map((image) =>
      daemon.state === "ok"
        ? ask(["docker", "image", "inspect", "--format", "{{.Id}}", image], half)
        : undefined,
    ),
  );
  return [
    readClient(version, platform),
    daemon,
    readCompose(v2, v1, platform),
    ...images.map((image, index) => readImage(image, answers[index])),
  ];
}

/** The images of services, each once. */
export function imagesOf(projects: readonly ComposeProject[]): string[] {
  return [...new Set(projects.flatMap(({ services }) => services.flatMap(({ image }) => image ?? [])))];
}

const CLIENT = { apt: "docker.io", brew: "--cask docker" };

export function readClient(answer: Answer, platform: NodeJS.Platform): MachineCheck {
  const facts = { group: "docker", name: "docker client" } as const;
  if (answer.kind === "absent")
    return { ...facts, state: "missing", found: "no docker on the path", remedy: install(platform, CLIENT) };
  const version = versions(answer).client;
  // a daemon that does not answer keeps the client from telling its version
  return {
    ...facts,
    state: "ok",
    found: version === undefined ? "docker is on the path" : `docker ${version}`,
  };
}

/**
 * Sorts the results of `docker version`: an answer, from here or from another machine, a socket that this
 * user may not open, no daemon, silence.
 */
export function readDaemon(
  answer: Answer,
  platform: NodeJS.Platform,
  { isInstalled, host }: { isInstalled: boolean; host?: string | undefined },
): MachineCheck {
  const facts = { group: "docker", name: "docker daemon" } as const;
  switch (answer.kind) {
    case "absent":
      return { ...facts, state: "unknown", found: "no docker client to ask with" };
    case "silent":
      return {
        ...facts,
        state: "unknown",
        found: `no answer within ${(answer.afterMs / 1000).toFixed(1)} s: is it hanging?`,
      };
    case "ended": {
      const { server } = versions(answer);
      if (server !== undefined && isElsewhere(host))
        return {
          ...facts,
          state: "missing",
          found: `server ${server} answers at ${host}, and publishes its ports there`,
          remedy: "unset DOCKER_HOST; docker context use default",
        };
      if (server !== undefined) return { ...facts, state: "ok", found: `server ${server} answers` };
      if (/permission denied/i.test(answer.stderr))
        return {
          ...facts,
          state: "missing",
          found: "permission denied on the daemon's socket: this user is not of its group",
          remedy: "sudo usermod -aG docker $USER && newgrp docker",
        };
      if (
        /cannot connect|is the docker daemon running|failed to connect|connection refused|no such host/i.test(
          answer.stderr,
        )
      ) {
        return {
          ...facts,
          state: "missing",
          found: "no daemon answers",
          remedy: startCommand(platform, isInstalled),
        };
      }
      return {
        ...facts,
        state: "unknown",
        found: lastLine(answer.stderr) || "docker version said nothing of a server",
      };
    }
  }
}

function startCommand(platform: NodeJS.Platform, isInstalled: boolean): string {
  if (platform === "darwin") return "open -a Docker";
  return isInstalled ? "sudo systemctl start docker" : install(platform, CLIENT);
}

/** Compose v2 is a part of docker; v1 a program of its own, which reads the lab's files as well. */
export function readCompose(v2: Answer, v1: Answer, platform: NodeJS.Platform): MachineCheck {
  const facts = { group: "docker", name: "docker compose" } as const;
  const version = (answer: Answer): string | undefined =>
    answer.kind === "ended" && answer.exitCode === 0
      ? /\d+\.\d+\.\d+\S*/.exec(answer.stdout)?.[0]
      : undefined;
  const found = [version(v2), version(v1)];
  if (found[0] !== undefined) return { ...facts, state: "ok", found: `docker compose ${found[0]}` };
  if (found[1] !== undefined)
    return {
      ...facts,
      state: "ok",
      found: `docker-compose ${found[1]}${found[1].startsWith("1.") ? " (v1)" : ""}`,
    };
  if (v2.kind === "silent" || v1.kind === "silent")
    return { ...facts, state: "unknown", found: "no answer in time" };
  return {
    ...facts,
    state: "missing",
    found: "neither docker compose (v2) nor docker-compose (v1)",
    remedy: install(platform, { apt: "docker-compose-v2  (Debian: docker-compose)", brew: "docker-compose" }),
  };
}

export function readImage(image: string, answer: Answer | undefined): MachineCheck {
  const facts = { group: "docker", name: `image ${image}` } as const;
  if (answer === undefined || answer.kind === "absent")
    return { ...facts, state: "unknown", found: "no daemon to ask" };
  if (answer.kind === "silent") return { ...facts, state: "unknown", found: "no answer in time" };
  if (answer.exitCode === 0)
    return { ...facts, state: "ok", found: answer.stdout.slice(0, "sha256:".length + 12) };
  if (!/no such image|not found/i.test(answer.stderr))
    return { ...facts, state: "unknown", found: lastLine(answer.stderr) };
  if (!image.includes("bitnami/"))
    return { ...facts, state: "missing", found: "not pulled", remedy: `docker pull ${image}` };
  return {
    ...facts,
    state: "missing",
    found: "not here, and the posted tag no longer pulls",
    remedy: "export LAB_BITNAMI_IMAGE=docker.io/bitnamilegacy/kafka:3.9",
  };
}

function versions(answer: Answer): { client?: string; server?: string } {
  if (answer.kind !== "ended") return {};
  try {
    const { Client, Server } = JSON.parse(answer.stdout) as {
      Client?: { Version?: string } | null;
      Server?: { Version?: string } | null;
    };
    return {
      ...(Client?.Version === undefined ? {} : { client: Client.Version }),
      ...(Server?.Version === undefined ? {} : { server: Server.Version }),
    };
  } catch {
    return {};
  }
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
