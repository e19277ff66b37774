// What a compose project's own keys say of its networks, and whether the files are all of it.

import type { ComposeProject, ComposeService } from "../../compose/mod.ts";
import { oncePer } from "./once.ts";
import { isOpen, listOf } from "./setting.ts";

/** The network mode of a service that is not in the project's networks, or null. */
export function networkMode({ keys }: ComposeService): string | null {
  const mode = keys.find(({ key }) => key === "network_mode")?.value;
  return typeof mode === "string" && mode !== "bridge" ? mode : null;
}

/** Whether a project is in a network that other projects may be in, so that names may be theirs. */
export function hasExternalNetwork({ keys }: ComposeProject): boolean {
  const networks = keys.find(({ key }) => key === "networks")?.value;
  if (typeof networks !== "object" || networks === null) return false;
  return Object.values(networks).some(
    (one) => typeof one === "object" && one !== null && Boolean((one as { external?: unknown }).external),
  );
}

/** The networks that a service is in, by their names in the project; null where it is in none of them. */
export function networksOf({ keys }: ComposeProject, service: ComposeService): ReadonlySet<string> | null {
  if (networkMode(service) !== null) return null;
  const value = service.keys.find(({ key }) => key === "networks")?.value;
  const own = Array.isArray(value)
    ? value.map(String)
    : typeof value === "object" && value !== null
      ? Object.keys(value)
      : [];
  const all = keys.find(({ key }) => key === "networks")?.value as
    | Readonly<Record<string, { name?: unknown } | null>>
    | null
    | undefined;
  // two keys may be one network of another name
  return new Set((own.length === 0 ? ["default"] : own).map((one) => String(all?.[one]?.name ?? one)));
}

/**
 * Whether there are services in files that were not given: an `include` that was not read, a `depends_on` of
 * a
 * service that is not there, with which compose would not start, or a ZooKeeper that no service is.
 */
export const isPartOfProject: (project: ComposeProject) => boolean = oncePer((project) => {
  const { gaps = [] } = project;
  const all = allServices(project);
  const names = namesIn(project);
  return (
    gaps.some(({ key }) => key === "include") ||
    all.some((service) =>
      [...dependenciesOf(service), ...zooKeepersOf(service)].some((name) => !names.has(name)),
    )
  );
});

/** The services of a project, also those that no profile starts. */
function allServices({ services, idle = [] }: ComposeProject): ComposeService[] {
  return [...services, ...idle.map(({ service }) => service)];
}

/** Every name by which a service of the project is known. */
const namesIn: (project: ComposeProject) => ReadonlySet<string> = oncePer(
  (project) =>
    new Set(
      allServices(project).flatMap(({ service, containerName, hostname, aliases }) => [
        service,
        ...[containerName, hostname].filter((name) => name !== null),
        ...aliases,
      ]),
    ),
);

/**
 * Whether a name may be that of something in the project's networks, its `links` and `extra_hosts`
 * included.
 */
export const isNamedIn: (project: ComposeProject) => (name: string) => boolean = oncePer((project) => {
  const names = namesIn(project);
  const more = new Set(
    allServices(project).flatMap(({ keys }) =>
      keys.flatMap(({ key, value }) => (key === "links" || key === "extra_hosts" ? hostsOf(value) : [])),
    ),
  );
  return (name) => names.has(name) || more.has(name);
});

// `db:database` of links, `somehost:162.242.195.82` or a map of extra_hosts
function hostsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap((entry) => String(entry).split(/[:=]/));
  return typeof value === "object" && value !== null ? Object.keys(value) : [];
}

function dependenciesOf({ keys }: ComposeService): string[] {
  const value = keys.find(({ key }) => key === "depends_on")?.value;
  if (Array.isArray(value)) return value.map(String);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value)
    .filter(([, one]) => (one as { required?: unknown } | null)?.required !== false)
    .map(([name]) => name);
}

function zooKeepersOf({ environment }: ComposeService): string[] {
  const value = environment["KAFKA_ZOOKEEPER_CONNECT"] ?? environment["KAFKA_CFG_ZOOKEEPER_CONNECT"] ?? "";
  return listOf(value.replace(/\/.*$/, ""))
    .map((address) => address.replace(/:\d+$/, ""))
    .filter((host) => !/[.:]|^(localhost|ignored)$/.test(host) && !isOpen(host));
}
