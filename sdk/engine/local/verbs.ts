// The Engine port on local processes: passes each verb to its JVM, and registers with the guardian what it
// would have to undo.

import { advertisedBy, bothNames, type KafkaService, publicProperties } from "../../compose/mod.ts";
import { LabError } from "../../model/errors.ts";
import { guarded, type Guardian } from "../../runtime/guardian/guardian.ts";
import { tail } from "../../runtime/tail.ts";
import type { Action, Engine, Node } from "../engine.ts";
import type { LocalDisk } from "./disk.ts";
import type { Jvm } from "./jvm.ts";
import { logFileOf } from "./layout.ts";
import type { Links } from "./links/links.ts";
import type { Moved } from "./rewrite.ts";
import type { Java, SuppliedKafka } from "./supply/mod.ts";

/** What a cluster of local processes consists of. */
export interface Made {
  moved: readonly Moved[];
  services: readonly KafkaService[];
  kafka: SuppliedKafka;
  java: Java;
  jvms: ReadonlyMap<string, Jvm>;
  links: Links;
  disk: LocalDisk;
  differs: readonly string[];
  logDir: string;
  /** Whether the brokers stay when the lab closes. */
  keep: boolean;
  close: Engine["close"];
}

/** The port; every state that has to be undone is registered with the guardian. */
export function makeEngine(made: Made, guardian: Guardian): Engine {
  const { moved, kafka, java, differs, links, disk, logDir } = made;
  const jvm = (service: string): Jvm => jvmOf(made, service);
  return {
    kind: "local",
    kafka: kafka.version,
    from: `${kafka.via === "KAFKA_HOME" ? "KAFKA_HOME" : "pinned jars"}, Java ${java.version}`,
    differs,
    nodes: moved.map((one, index) => nodeOf(one, made.services[index]!)),
    addresses: addressesOf(moved),
    network: links.network,
    disk,
    helpers: { links: links.pid },
    start: (service) => start(made, guardian, service),
    stop: (service, how) => ending(made, guardian, service, (one) => one.stop(how)),
    kill: (service) => ending(made, guardian, service, (one) => one.kill()),
    pause: (service) => jvm(service).pause(),
    resume: (service) => jvm(service).resume(),
    status: (service) => jvm(service).status(),
    followLogs() {}, // each process writes to its file itself
    logFile: (service) => logFileOf(logDir, service),
    keptLogs: () => Promise.resolve([]),
    lastWords: (service) => tail(logFileOf(logDir, service)),
    close: made.close,
  };
}

/** @throws LabError NO_SUCH_BROKER */
function jvmOf({ jvms }: Made, service: string): Jvm {
  const one = jvms.get(service);
  if (one !== undefined) return one;
  throw new LabError(
    "NO_SUCH_BROKER",
    `Cannot find the service ${service}: the cluster has ${[...jvms.keys()].join(", ")}`,
  );
}

function nodeOf({ client, observed, controller, properties }: Moved, service: KafkaService): Node {
  const { broker, nodeId, roles } = service;
  return {
    service: service.service,
    broker,
    nodeId,
    roles,
    client,
    observed,
    controller,
    advertised: advertisedBy({ service: service.service, properties }),
    properties: publicProperties(service),
  };
}

/** The services by every `host:port` that they give to clients. */
function addressesOf(moved: readonly Moved[]): ReadonlyMap<string, string> {
  return new Map(
    moved.flatMap(({ advertised, service }) =>
      advertised.flatMap((address) => bothNames(address).map((name) => [name, service] as const)),
    ),
  );
}

async function start(made: Made, guardian: Guardian, service: string): Promise<Action> {
  const one = jvmOf(made, service);
  const serving = made.links.listen(service); // at the same time: neither needs the other
  serving.catch(() => {}); // awaited below
  const lost = await made.disk.starts(service);
  const action = await one.start();
  await serving.catch(async (error: unknown) => {
    await one.dispose();
    throw error;
  });
  guardian.healed(service);
  return lost === undefined ? action : { ...action, via: `${action.via}; ${lost}` };
}

/** A kept broker outlives its owner; what the owner has done to it is undone by the guardian. */
async function ending(
  made: Made,
  guardian: Guardian,
  service: string,
  act: (one: Jvm) => Promise<Action>,
): Promise<Action> {
  const one = jvmOf(made, service);
  if (!made.keep || one.status().state === "stopped") return await act(one);
  return await guarded(guardian, { id: service, undo: one.revival }, () => act(one));
}
