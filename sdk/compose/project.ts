// A compose file is the only description of a cluster.
//
//   text ─▶ tree ─▶ interpolate ─▶ merge ─▶ service ─▶ ComposeProject
//   (a source each, with its lines)       (one tree)      ├▶ kafkaServices(): what Kafka is configured with
//                                                         ├▶ assertSupported(): what the local engine refuses
//                                                         └▶ propertiesOverride(): one more source
//
// The docker engine hands the same files to docker compose unchanged; here is only what has to be known
// beforehand.

/** A service's name in the compose file. */
export type ServiceName = string & { readonly brand?: "ServiceName" };

/** Where in which file something was written; lines count from 1. */
export interface SourceLocation {
  readonly file: string;
  readonly line: number;
}

/** One compose file: its name as shown in errors, and its text. */
export interface ComposeSource {
  readonly file: string;
  readonly text: string;
}

/** A port of a container that the host forwards; not published where `published` is null. */
export interface PublishedPort {
  /** The host's address, or null for all of them. */
  readonly hostIp: string | null;
  /** The host's port, or null where the engine may choose. */
  readonly published: number | null;
  /** The container's port. */
  readonly target: number;
  readonly protocol: "tcp" | "udp";
}

/** A place in a container's file system that is not the image's. */
export interface Mount {
  readonly kind: "volume" | "bind" | "tmpfs" | "other";
  /** The volume's name or the host's path; null for an anonymous volume and for tmpfs. */
  readonly source: string | null;
  readonly target: string;
  readonly readOnly: boolean;
}

/** A key that some file gives, as written. */
export interface GivenKey {
  readonly key: string;
  readonly location: SourceLocation;
  /** The merged value as plain data. */
  readonly value: unknown;
}

/** One service after interpolation and merging, as the container will see it. */
export interface ComposeService {
  readonly service: ServiceName;
  readonly location: SourceLocation;
  /** Null where the service has no `image` (it is built). */
  readonly image: string | null;
  /** Variables without a value anywhere are absent. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where each variable was written; for one of an `env_file`, where that file is named. */
  readonly variables: Readonly<Record<string, SourceLocation>>;
  readonly ports: readonly PublishedPort[];
  readonly mounts: readonly Mount[];
  readonly capAdd: readonly string[];
  readonly containerName: string | null;
  readonly hostname: string | null;
  /** Further names in the service's networks. */
  readonly aliases: readonly string[];
  /** Every key of the service. */
  readonly keys: readonly GivenKey[];
}

/** A service that no profile that is asked for has. */
export interface IdleService {
  readonly service: ComposeService;
  /** Any of them in COMPOSE_PROFILES would start it. */
  readonly profiles: readonly string[];
}

/** A part of a project that is in a file which was not there to read. */
export interface Gap {
  /** The service that it is a part of; null where it may be any. */
  readonly service: ServiceName | null;
  /** The key that names the file. */
  readonly key: "include" | "extends" | "env_file";
  /** The file's path, as written. */
  readonly path: string;
  readonly location: SourceLocation;
}

/** All files merged. */
export interface ComposeProject {
  /** The top-level `name`, or null. */
  readonly name: string | null;
  readonly files: readonly string[];
  /** In file order; services of a profile that is not asked for are left out. */
  readonly services: readonly ComposeService[];
  /** Every top-level key. */
  readonly keys: readonly GivenKey[];
  /** What a reader should know, a sentence each. */
  readonly notes: readonly string[];
  /** Services of profiles that are not asked for. @default none */
  readonly idle?: readonly IdleService[];
  /** What was not there to read, if that is allowed. @default none */
  readonly gaps?: readonly Gap[];
}

/** Freezes a value and everything in it. */
export function frozen<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value)) frozen(inner);
  return Object.freeze(value);
}
