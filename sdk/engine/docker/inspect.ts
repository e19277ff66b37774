// A container as `docker inspect` describes it, as far as the lab needs it.

import type { PublishedPort } from "../../compose/mod.ts";
import type { NodeState } from "../engine.ts";
import type { Cli } from "./cli.ts";

export interface ContainerFacts {
  readonly id: string;
  readonly name: string;
  /** Compose's name for it. */
  readonly service: string;
  readonly image: string;
  readonly state: NodeState;
  readonly exitCode: number;
  /** By the daemon's clock, RFC 3339. */
  readonly startedAt: string;
  /** Of the process in the container, as the host counts; 0 where it does not run. */
  readonly pid: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly ports: readonly PublishedPort[];
  /** Names by which other containers reach it, and its addresses. */
  readonly hostNames: readonly string[];
  readonly addresses: readonly string[];
  /** Whose network it has, where that is not its own: `the network of this machine`. */
  readonly sharesNetwork?: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Compose's own labels. */
export const PROJECT_LABEL = "com.docker.compose.project";
const SERVICE_LABEL = "com.docker.compose.service";

/** Returns every container that carries the label, running or not, one-off ones left out, by service name. */
export async function containersOf(cli: Cli, label: string, signal?: AbortSignal): Promise<ContainerFacts[]> {
  const { stdout } = await cli.docker(
    "list containers",
    [
      "ps",
      "--all",
      "--quiet",
      "--no-trunc",
      "--filter",
      `label=${label}`,
      "--filter",
      "label=com.docker.compose.oneoff=False",
    ],
    { signal },
  );
  const ids = stdout.split("\n").filter((id) => id !== "");
  return ids.length === 0 ? [] : await inspect(cli, ids, signal);
}

export async function inspect(
  cli: Cli,
  ids: readonly string[],
  signal?: AbortSignal,
): Promise<ContainerFacts[]> {
  const { stdout } = await cli.docker("inspect containers", ["inspect", "--type", "container", ...ids], {
    signal,
  });
  return parseInspect(stdout);
}

interface Inspected {
  Id: string;
  Name: string;
  State: { Status: string; ExitCode: number; StartedAt: string; Pid: number };
  Config: { Image: string; Env: string[] | null; Labels: Record<string, string> | null; Hostname: string };
  NetworkSettings: {
    Ports: Record<string, { HostIp: string; HostPort: string }[] | null> | null;
    Networks: Record<string, { IPAddress: string; Aliases: string[] | null }> | null;
  };
  HostConfig: {
    NetworkMode?: string;
    PortBindings: Record<string, { HostIp: string; HostPort: string }[] | null> | null;
  };
}

/** Reads the output of `docker inspect`. */
export function parseInspect(text: string): ContainerFacts[] {
  return (JSON.parse(text) as Inspected[])
    .map((one): ContainerFacts => {
      const labels = one.Config.Labels ?? {};
      const networks = Object.values(one.NetworkSettings.Networks ?? {});
      return {
        id: one.Id,
        name: one.Name.replace(/^\//, ""),
        service: labels[SERVICE_LABEL] ?? one.Name.replace(/^\//, ""),
        image: one.Config.Image,
        state: stateOf(one.State.Status),
        exitCode: one.State.ExitCode,
        startedAt: one.State.StartedAt,
        pid: one.State.Pid,
        environment: Object.fromEntries(
          (one.Config.Env ?? []).map((text) => [text.split("=", 1)[0]!, text.slice(text.indexOf("=") + 1)]),
        ),
        ports: portsOf(one),
        hostNames: [
          ...new Set([
            labels[SERVICE_LABEL] ?? "",
            one.Name.replace(/^\//, ""),
            one.Config.Hostname,
            ...networks.flatMap(({ Aliases }) => Aliases ?? []),
          ]),
        ].filter((name) => name !== ""),
        addresses: networks.map(({ IPAddress }) => IPAddress).filter((address) => address !== ""),
        labels,
        ...sharesOf(one.HostConfig.NetworkMode ?? ""),
      };
    })
    .sort((a, b) => (a.service < b.service ? -1 : 1));
}

/**
 * A stopped container has no ports of its own; those that it will have again are in its host configuration.
 */
function portsOf({ NetworkSettings, HostConfig }: Inspected): PublishedPort[] {
  const has = Object.values(NetworkSettings.Ports ?? {}).some((bound) => bound !== null);
  return Object.entries((has ? NetworkSettings.Ports : HostConfig.PortBindings) ?? {}).flatMap(
    ([text, bound]) => {
      const [target, protocol] = text.split("/");
      return (bound ?? []).map(
        ({ HostIp, HostPort }): PublishedPort => ({
          hostIp: HostIp || null,
          published: Number(HostPort) || null,
          target: Number(target),
          protocol: protocol === "udp" ? "udp" : "tcp",
        }),
      );
    },
  );
}

function sharesOf(mode: string): Pick<ContainerFacts, "sharesNetwork"> {
  if (mode === "host") return { sharesNetwork: "the network of this machine" };
  return mode.startsWith("container:") ? { sharesNetwork: "the network of another container" } : {};
}

function stateOf(status: string): NodeState {
  return status === "running" || status === "paused" ? status : "stopped";
}
