// What the local engine, which has no containers, does with each key of a Kafka service. A key that is not in
// the table is refused.

/**
 * - `supported`: it decides something here too
 * - `harmless`: it cannot change what a broker does here
 * - `differs`: the broker runs, but not quite as in a container; the reader is told
 * - `refused`: the broker would not be the one that the file describes
 */
export type Treatment =
  | { readonly kind: "supported" | "harmless" }
  | { readonly kind: "differs" | "refused"; readonly why: string };

const SUPPORTED =
  "image environment env_file ports volumes container_name hostname networks profiles extends";

// About containers and who starts them when: the lab starts, stops and waits for brokers itself.
const HARMLESS =
  "annotations attach cap_add cap_drop depends_on develop expose group_add healthcheck init ipc labels links logging oom_score_adj pid platform " +
  "post_start pre_stop privileged pull_policy pull_refresh_after read_only restart security_opt shm_size stdin_open stop_grace_period tty user " +
  "userns_mode working_dir";

const LIMITS = "the broker may use what the machine has";
const DIFFERS: Readonly<Record<string, string>> = {
  blkio_config: LIMITS,
  cpu_count: LIMITS,
  cpu_percent: LIMITS,
  cpu_period: LIMITS,
  cpu_quota: LIMITS,
  cpu_shares: LIMITS,
  cpus: LIMITS,
  cpuset: LIMITS,
  deploy: LIMITS,
  mem_limit: LIMITS,
  mem_reservation: LIMITS,
  mem_swappiness: LIMITS,
  memswap_limit: LIMITS,
  pids_limit: LIMITS,
  storage_opt: LIMITS,
  ulimits: LIMITS,
  tmpfs: "the data is on disk",
  sysctls: "the kernel's settings stay as they are",
  dns: "names are resolved as on this machine",
  dns_opt: "names are resolved as on this machine",
  dns_search: "names are resolved as on this machine",
  domainname: "names are resolved as on this machine",
  extra_hosts: "names are resolved as on this machine",
  mac_address: "there is no network interface of its own",
};

const REFUSED: Readonly<Record<string, string>> = {
  build: "what the Dockerfile puts into the image is unknown here",
  command: "the image's own start is replaced",
  configs: "a file of the image is replaced",
  devices: "devices cannot be given to a process alone",
  entrypoint: "the image's own start is replaced",
  network_mode: "ports and host names would mean something else",
  runtime: "there is no container runtime",
  scale: "one service is one broker",
  secrets: "a file of the image is replaced",
  stop_signal: "a stop is SIGTERM here",
  volumes_from: "another container's files are not there",
};

const TABLE: ReadonlyMap<string, Treatment> = new Map<string, Treatment>([
  ...SUPPORTED.split(" ").map((key): [string, Treatment] => [key, { kind: "supported" }]),
  ...HARMLESS.split(" ").map((key): [string, Treatment] => [key, { kind: "harmless" }]),
  ...Object.entries(DIFFERS).map(([key, why]): [string, Treatment] => [key, { kind: "differs", why }]),
  ...Object.entries(REFUSED).map(([key, why]): [string, Treatment] => [key, { kind: "refused", why }]),
]);

/** How the local engine treats a key of a service with this value. */
export function treatmentOf(key: string, value: unknown): Treatment {
  if (value === null || key.startsWith("x-")) return { kind: "harmless" };
  if (key === "scale" && value === 1) return { kind: "harmless" };
  if (key === "stop_signal" && value === "SIGTERM") return { kind: "harmless" };
  if (key === "deploy" && Number((value as { replicas?: unknown }).replicas ?? 1) !== 1)
    return { kind: "refused", why: "one service is one broker" };
  return TABLE.get(key) ?? { kind: "refused", why: "the key is unknown here" };
}
