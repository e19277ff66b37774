// The local engine: each node of the compose file becomes one Java process on loopback.
//
//   compose/ ──▶ rewrite.ts (addresses) ──▶ layout.ts (a folder a node) ──▶ jvm.ts (process) ──▶ verbs.ts
//                    └──▶ links/ (in front of every listener)   ▲ supply/ (Java, jars, archive, formatting)

import os from "node:os";
import process from "node:process";
import { type KafkaService, withHostFiles } from "../../compose/mod.ts";
import { claimGuarded } from "../../runtime/guarded.ts";
import type { Guardian } from "../../runtime/guardian/guardian.ts";
import { markOf } from "../../runtime/guardian/processes.mjs";
import type { Security } from "../../model/security.ts";
import type { Engine, Exit } from "../engine.ts";
import { writeClients } from "./clients-file.ts";
import { type Secrets, withSecretsAt, writeSecrets } from "../secrets.ts";
import { inside } from "../../runtime/inside.ts";
import { type Claim, claimPort, release } from "../../runtime/claims.ts";
import { sweep } from "../../runtime/sweep.ts";
import { makeLocalDisk, type NodeDisk } from "./disk.ts";
import { differencesOf } from "./differences.ts";
import { type Jvm, makeJvm } from "./jvm.ts";
import { type LaidOut, layOut } from "./layout.ts";
import { type Accepted, type Links, startLinks } from "./links/links.ts";
import { type Moved, moveToLoopback, type PortPair, wantedPorts } from "./rewrite.ts";
import {
  bootstrapCheckpoint,
  cacheFolder,
  classDataArchive,
  type Env,
  chooseJava,
  type Java,
  type JavaChoice,
  supplyKafka,
  type SuppliedKafka,
} from "./supply/mod.ts";
import { makeEngine } from "./verbs.ts";
import type { OnProgress } from "../../runtime/progress.ts";

export interface LocalOptions {
  /** Unique on this machine. */
  lab: string;
  services: readonly KafkaService[];
  /** Certificates and a password that the lab has made for this cluster. */
  secrets?: Secrets | undefined;
  /** What the lab's own connections to encrypted listeners use. */
  security?: Security | undefined;
  /** A Kafka version in place of the image tag's. */
  kafka?: string;
  /** The folder for the brokers' logs. */
  logDir: string;
  keep?: boolean;
  env: Env;
  onProgress: OnProgress;
  /** Called for brokers that ended without being asked to. */
  onDeath?(service: string, exit: Exit): void;
  /** Called for each connection of a client, or of whoever else is no node of the cluster. */
  onAccepted?(connection: Accepted): void;
  /** Whether clients' ports are drawn for this lab, not those that the files publish. @default false */
  hasOwnPorts?: boolean;
  signal?: AbortSignal;
}

/** What is open of a cluster while it starts and runs. */
interface LocalCluster {
  readonly options: LocalOptions;
  readonly keep: boolean;
  readonly claim: Claim;
  readonly guardian: Guardian;
  readonly jvms: Map<string, Jvm>;
  /** The links that are starting or have started. */
  starting: Promise<Links> | undefined;
  links: Links | undefined;
}

/**
 * Prepares the cluster and starts every node; returns when the processes run, not when they serve.
 *
 * @throws LabError NO_JAVA, NO_KAFKA, NO_MAVEN, CHECKSUM, DISK_FULL, PORT_TAKEN, BAD_COMPOSE, UNSUPPORTED
 */
export async function openLocal(options: LocalOptions): Promise<Engine> {
  const { services, env, signal, onProgress } = options;
  const swept = sweep();
  for (const line of [...swept.done, ...swept.left]) onProgress(line);
  const { java, passedOver } = await chooseJava({ env, ...(signal && { signal }) });
  const version = options.kafka ?? services[0]!.version;
  const kafka = await supplyKafka({ version, env, onProgress, ...(signal && { signal }) });
  const cluster = claimCluster(options);
  try {
    return await start(cluster, { java, passedOver }, kafka);
  } catch (error) {
    await close(cluster, false);
    throw error;
  }
}

function claimCluster(options: LocalOptions): LocalCluster {
  const { lab, logDir, keep = false } = options;
  return {
    ...claimGuarded(lab, { keep, logDir }),
    options,
    keep,
    jvms: new Map(),
    starting: undefined,
    links: undefined,
  };
}

async function start(
  cluster: LocalCluster,
  { java, passedOver }: Pick<JavaChoice, "java" | "passedOver">,
  kafka: SuppliedKafka,
): Promise<Engine> {
  const { options, claim, jvms, keep, guardian } = cluster;
  const { services, signal, logDir } = options;
  const supplies = await prepare(cluster, java, kafka);
  const moved = await assignPorts(onThisMachine(cluster), claim, options.hasOwnPorts);
  guardian.watch(claim.paths);
  cluster.starting = linkAll(cluster, moved);
  cluster.starting.catch(() => {}); // awaited below
  const disks = new Map<string, NodeDisk>();
  await Promise.all(
    moved.map(async (node, index) => {
      const { command, disk } = await layOutNode(cluster, node, services[index]!, supplies);
      disks.set(node.service, disk);
      jvms.set(
        node.service,
        makeJvm(command, (exit, asked) => onExit(cluster, node.service, exit, asked)),
      );
    }),
  );
  writeClients(claim, moved);
  const links = (cluster.links = await cluster.starting);
  signal?.throwIfAborted();
  await Promise.all([...jvms.values()].map((jvm) => jvm.start()));
  const differs = differencesOf({ ...options, ...supplies, moved }, { passedOver });
  const closed = ({ keep: letLive = keep }: { keep?: boolean } = {}): Promise<void> =>
    close(cluster, letLive);
  const { env, onProgress } = options;
  const record = { ...claim.record, keep: false };
  const disk = makeLocalDisk({ java, env, jvms, disks, guardian, keep, record, onProgress });
  return makeEngine(
    { moved, services, kafka, java, jvms, links, disk, differs, logDir, keep, close: closed },
    guardian,
  );
}

function onExit({ options, links, keep }: LocalCluster, service: string, exit: Exit, asked: boolean): void {
  links?.stopListening(service, { restartsAfterOwner: keep && asked });
  if (!asked) options.onDeath?.(service, exit);
}

/** What every node's process is made of. */
interface Supplies {
  java: Java;
  kafka: SuppliedKafka;
  archive: Awaited<ReturnType<typeof classDataArchive>>;
  bootstrap: string;
}

async function prepare(
  { options, claim }: LocalCluster,
  java: Java,
  kafka: SuppliedKafka,
): Promise<Supplies> {
  const { env, onProgress, signal } = options;
  const cache = cacheFolder(env);
  const record = { ...claim.record, keep: false, kind: "tool", service: "training" } as const;
  const common = { java, kafka, cache, record, ...(signal && { signal }) };
  const archive = await classDataArchive({ ...common, marker: markOf(record), onProgress });
  return { java, kafka, archive, bootstrap: await bootstrapCheckpoint({ ...common, env }) };
}

/** The services with the files that their settings name where this machine has them. */
function onThisMachine({ options, claim }: LocalCluster): KafkaService[] {
  const { services, secrets } = options;
  const folder = secrets === undefined ? undefined : writeSecrets(claim.dir, secrets);
  return withSecretsAt(services, folder).map((service) => ({
    ...service,
    properties: withHostFiles(service),
  }));
}

async function assignPorts(
  services: readonly KafkaService[],
  claim: Claim,
  hasOwnPorts = false,
): Promise<Moved[]> {
  const ports = new Map<string, PortPair>();
  for (const { service, port, preferred } of wantedPorts(services)) {
    if (!ports.has(`${service}:${port}`))
      ports.set(`${service}:${port}`, {
        link: await claimPort(claim, hasOwnPorts ? null : preferred),
        own: await claimPort(claim, null),
      });
  }
  return moveToLoopback(services, (service, port) => ports.get(`${service}:${port}`), {
    hostName: os.hostname(),
    manyLoopbacks: process.platform === "linux",
    hasOwnPorts,
  });
}

function linkAll({ options, claim }: LocalCluster, moved: readonly Moved[]): Promise<Links> {
  return startLinks({
    record: { ...claim.record, kind: "links", service: "links" },
    nodes: moved.map(({ service, client }, index) => ({
      service,
      client,
      broker: options.services[index]!.broker,
    })),
    orders: moved.flatMap((one) => one.links),
    ...(options.onAccepted && { onAccepted: (one: Accepted) => options.onAccepted!(one) }),
    security: options.security,
  });
}

async function layOutNode(
  { options, claim }: LocalCluster,
  node: Moved,
  service: KafkaService,
  { java, kafka, archive, bootstrap }: Supplies,
): Promise<LaidOut> {
  // the last voter, so that a scenario that breaks broker 1 does not always hit the controller
  const candidate = options.services.findLast(({ roles }) => roles.includes("controller"));
  return await layOut({
    node,
    service,
    isFirstCandidate: service === candidate,
    java,
    kafka,
    archive: archive.path,
    bootstrap,
    dir: inside(claim.dir, node.service),
    record: { ...claim.record, kind: "broker", service: node.service },
    logDir: options.logDir,
  });
}

async function close(cluster: LocalCluster, letLive: boolean): Promise<void> {
  const { jvms, guardian, starting, claim, options } = cluster;
  if (!letLive) {
    for (const service of jvms.keys()) guardian.healed(service); // what ends here is not started again
    await Promise.all([...jvms.values()].map((jvm) => jvm.dispose()));
  }
  await (await starting?.catch(() => undefined))?.close({ keep: letLive });
  if (!letLive) for (const line of release(claim)) options.onProgress(line);
  await guardian.dismiss();
}
