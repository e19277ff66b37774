// The local engine: each node of the compose file becomes one Java process on loopback.
//
//   compose/ ──▶ rewrite.ts (addresses) ──▶ <folder>/<service>/server.properties, hosts, data/ ──▶ jvm.ts (process)
//                    └──▶ links/ (in front of every listener)     ▲ supply/ (Java, jars, class-data archive, formatting)

import { mkdir, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { bothNames, type KafkaService, publicProperties } from "../../compose/mod.ts";
import { cannotWrite } from "../../runtime/disk.ts";
import { LabError } from "../../model/errors.ts";
import { guarded, startGuardian } from "../../runtime/guardian/guardian.ts";
import { markOf } from "../../runtime/guardian/processes.mjs";
import type { ProcessRecord } from "../../runtime/guardian/records.mjs";
import { propertiesText } from "../../runtime/properties-file.ts";
import type { Action, Engine, Exit, Node } from "../engine.ts";
import { inside } from "../../runtime/inside.ts";
import { tail } from "../../runtime/tail.ts";
import { type Claim, claimFolder, claimPort, release, sweep } from "../../runtime/claims.ts";
import { type Jvm, makeJvm } from "./jvm.ts";
import { type Links, startLinks } from "./links/links.ts";
import { type Moved, moveToLoopback, type PortPair, wantedPorts } from "./rewrite.ts";
import {
  bootstrapCheckpoint,
  brokerFlags,
  cacheFolder,
  classDataArchive,
  type Env,
  findJava,
  formatLogDir,
  type Java,
  randomId,
  supplyKafka,
  type SuppliedKafka,
} from "./supply/mod.ts";

export interface LocalOptions {
  /** Unique on this machine. */
  lab: string;
  services: readonly KafkaService[];
  /** A Kafka version, where it is not to be the image tag's. */
  kafka?: string;
  /** The folder for the brokers' logs. */
  logDir: string;
  keep?: boolean;
  env: Env;
  onProgress(line: string): void;
  /** Hears of brokers that ended without being asked to. */
  onDeath?(service: string, exit: Exit): void;
  signal?: AbortSignal;
}

/**
 * Prepares the cluster and starts every node; returns when the processes run, not when they serve.
 *
 * @throws LabError NO_JAVA, NO_KAFKA, NO_MAVEN, CHECKSUM, DISK_FULL, PORT_TAKEN, BAD_COMPOSE, UNSUPPORTED
 */
export async function openLocal(options: LocalOptions): Promise<Engine> {
  const { lab, services, env, signal, keep = false } = options;
  const swept = sweep();
  for (const line of [...swept.done, ...swept.left]) options.onProgress(line);
  const java = await findJava({ env, ...(signal && { signal }) });
  const kafka = await supplyKafka({
    version: options.kafka ?? services[0]!.version,
    env,
    onProgress: options.onProgress,
    ...(signal && { signal }),
  });
  const cache = cacheFolder(env);
  const claim = claimFolder(lab, keep);
  const { record } = claim;
  const guardian = startGuardian({
    processes: record.folder,
    keep,
    root: claim.root,
    dirs: claim.paths,
    log: path.join(options.logDir, "guardian.log"),
  });
  const jvms = new Map<string, Jvm>();
  let links: Links | undefined;
  let front: Promise<Links> | undefined;
  try {
    const training = { ...record, keep: false, kind: "tool", service: "training" } as const;
    const archive = await classDataArchive({
      java,
      kafka,
      cache,
      marker: markOf(training),
      record: training,
      onProgress: options.onProgress,
      ...(signal && { signal }),
    });
    const bootstrap = await bootstrapCheckpoint({
      java,
      kafka,
      cache,
      env,
      record: training,
      ...(signal && { signal }),
    });
    const moved = await assignPorts(services, claim);
    // the last voter, so that a scenario that breaks broker 1 does not always hit the controller
    const candidate = services.findLast(({ roles }) => roles.includes("controller"));
    guardian.watch(claim.paths);
    front = startLinks({
      record: { ...record, kind: "links", service: "links" },
      nodes: moved.map(({ service, client }, index) => ({
        service,
        client,
        broker: services[index]!.broker,
      })),
      orders: moved.flatMap((one) => one.links),
    });
    front.catch(() => {}); // awaited below
    await Promise.all(
      moved.map(async (one, index) => {
        const service = services[index]!;
        const command = await lay({
          one,
          service,
          stands: service === candidate,
          java,
          kafka,
          archive: archive.path,
          bootstrap,
          dir: inside(claim.dir, one.service),
          record: { ...record, kind: "broker", service: one.service },
          logDir: options.logDir,
        });
        jvms.set(
          one.service,
          makeJvm(command, (exit, asked) => {
            links?.stopListening(one.service, { restartsAfterOwner: keep && asked });
            if (!asked) options.onDeath?.(one.service, exit);
          }),
        );
      }),
    );
    links = await front;
    signal?.throwIfAborted();
    await Promise.all([...jvms.values()].map((jvm) => jvm.start()));
    const differs = [
      ...new Set([
        ...(kafka.differs === undefined ? [] : [kafka.differs]),
        ...moved.flatMap((one) => one.differs),
        ...(archive.path === undefined
          ? [`no class-data archive: ${archive.reason}; brokers start slower`]
          : []),
      ]),
    ];
    return engine({ moved, services, kafka, java, jvms, links, differs, close });
  } catch (error) {
    await close({ keep: false });
    throw error;
  }

  async function close({ keep: letLive = keep }: { keep?: boolean } = {}): Promise<void> {
    if (!letLive) {
      for (const service of jvms.keys()) guardian.healed(service); // nobody is to start again what ends here
      await Promise.all([...jvms.values()].map((jvm) => jvm.dispose()));
    }
    await (await front?.catch(() => undefined))?.close({ keep: letLive });
    if (!letLive) for (const line of release(claim)) options.onProgress(line);
    await guardian.dismiss();
  }

  function engine(made: {
    moved: Moved[];
    services: readonly KafkaService[];
    kafka: SuppliedKafka;
    java: Java;
    jvms: Map<string, Jvm>;
    links: Links;
    differs: string[];
    close: Engine["close"];
  }): Engine {
    const nodes = made.moved.map((one, index): Node => {
      const service = made.services[index]!;
      const { broker, nodeId, roles } = service;
      return {
        service: one.service,
        broker,
        nodeId,
        roles,
        client: one.client,
        observed: one.observed,
        controller: one.controller,
        properties: publicProperties(service),
      };
    });
    const jvm = (service: string): Jvm => {
      const one = made.jvms.get(service);
      if (one === undefined)
        throw new LabError(
          "NO_SUCH_BROKER",
          `Cannot find the service ${service}: the cluster has ${[...made.jvms.keys()].join(", ")}`,
        );
      return one;
    };
    /** A kept broker outlives its owner, and what the owner has done to it does not. */
    const ending = async (service: string, act: (one: Jvm) => Promise<Action>): Promise<Action> => {
      const one = jvm(service);
      if (!keep || one.status().state === "stopped") return await act(one);
      return await guarded(guardian, { id: service, undo: one.revival }, () => act(one));
    };
    return {
      kind: "local",
      kafka: made.kafka.version,
      from: `${made.kafka.via === "KAFKA_HOME" ? "KAFKA_HOME" : "pinned jars"}, Java ${made.java.version}`,
      differs: made.differs,
      nodes,
      addresses: new Map(
        made.moved.flatMap((one) =>
          one.advertised.flatMap((address) => bothNames(address).map((name) => [name, one.service] as const)),
        ),
      ),
      network: made.links.network,
      async start(service) {
        const one = jvm(service);
        const serving = made.links.listen(service); // beside it: neither needs the other
        serving.catch(() => {}); // awaited below
        const action = await one.start();
        await serving.catch(async (error: unknown) => {
          await one.dispose();
          throw error;
        });
        guardian.healed(service);
        return action;
      },
      stop: (service, how) => ending(service, (one) => one.stop(how)),
      kill: (service) => ending(service, (one) => one.kill()),
      pause: (service) => jvm(service).pause(),
      resume: (service) => jvm(service).resume(),
      status: (service) => jvm(service).status(),
      followLogs() {}, // each process writes to its file itself
      logFile: (service) => logFileOf(options.logDir, service),
      keptLogs: () => Promise.resolve([]),
      lastWords: (service) => tail(logFileOf(options.logDir, service)),
      close: made.close,
    };
  }
}

async function assignPorts(services: readonly KafkaService[], claim: Claim): Promise<Moved[]> {
  const places = new Map<string, PortPair>();
  for (const { service, port, preferred } of wantedPorts(services)) {
    if (!places.has(`${service}:${port}`))
      places.set(`${service}:${port}`, {
        link: await claimPort(claim, preferred),
        own: await claimPort(claim, null),
      });
  }
  return moveToLoopback(services, (service, port) => places.get(`${service}:${port}`), {
    hostName: os.hostname(),
    manyLoopbacks: process.platform === "linux",
  });
}

interface Layout {
  one: Moved;
  service: KafkaService;
  /** Whether it is the first to stand for election. */
  stands: boolean;
  java: Java;
  kafka: SuppliedKafka;
  archive: string | undefined;
  bootstrap: string;
  dir: string;
  record: ProcessRecord;
  logDir: string;
}

/** Writes a node's folder and returns the command that runs it. */
async function lay(layout: Layout): Promise<Parameters<typeof makeJvm>[0]> {
  return await write(layout).catch((cause: unknown) => {
    throw cause instanceof LabError
      ? cause
      : cannotWrite(`write the folder of ${layout.one.service}`, cause, { file: layout.dir, remedy: "lab" });
  });
}

async function write({
  one,
  service,
  stands,
  java,
  kafka,
  archive,
  bootstrap,
  dir,
  record,
  logDir,
}: Layout): Promise<Parameters<typeof makeJvm>[0]> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const properties: Record<string, string> = {
    "log.cleaner.dedupe.buffer.size": "2097152",
    ...one.properties,
  }; // Kafka's 128 MiB are half of the heap
  const logDirs = (properties["log.dirs"] ?? properties["log.dir"] ?? "data")
    .split(",")
    .map((_, index) => path.join(dir, `data${index === 0 ? "" : index}`));
  properties["log.dirs"] = logDirs.join(",");
  delete properties["log.dir"];
  const metadataDir =
    properties["metadata.log.dir"] === undefined
      ? undefined
      : (properties["metadata.log.dir"] = path.join(dir, "metadata"));
  const hasOthers = (properties["controller.quorum.voters"] ?? "").includes(","); // a single voter leads at once
  for (const one of [...logDirs, ...(metadataDir === undefined ? [] : [metadataDir])]) {
    const firstCandidate = stands && hasOthers && one === (metadataDir ?? logDirs[0]);
    await formatLogDir({
      dir: one,
      clusterId: service.clusterId ?? randomId(),
      nodeId: service.nodeId,
      bootstrap,
      firstCandidate,
    });
  }
  const hosts = path.join(dir, "hosts");
  const file = path.join(dir, "server.properties");
  await writeFile(hosts, one.hosts, { mode: 0o600 });
  await writeFile(file, propertiesText(properties), { mode: 0o600 }); // there may be passwords in it
  const flags = [
    ...brokerFlags({
      archive,
      logging: kafka.logging,
      heap: service.java.heap ?? undefined,
      performance: service.java.performance ?? undefined,
      more: service.java.more,
    }),
    "-XX:-UsePerfData", // it would write beside the lab's folder, and stay after a SIGKILL
    `-Djdk.net.hosts.file=${hosts}`,
    markOf(record),
  ];
  return {
    record,
    java: java.path,
    args: [...flags, "-cp", kafka.classPath.join(":"), "kafka.Kafka", file],
    dir,
    logFile: logFileOf(logDir, one.service),
  };
}

function logFileOf(logDir: string, service: string): string {
  return inside(logDir, `${service}.log`);
}
