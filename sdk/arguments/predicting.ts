// Predictions from files and facts: each function with what it takes.
// The doc comments here are the public ones: editors and declaration files show them.

import * as v from "valibot";
import * as making from "../faults/mod.ts";
import { kindNames, kindOf } from "../faults/mod.ts";
import { faultWithoutTarget } from "./fault-values.ts";
import type { FaultKind, ProcessEffect, ResolvedFault, Restarts, SlowProcessing } from "../model/fault.ts";
import type { DiskEffect, DiskFault } from "../model/disk.ts";
import type { MemberName } from "../model/group-target.ts";
import * as predicting from "../analysis/predict/mod.ts";
import type {
  Circumstances,
  ClusterFacts,
  ComposeCircumstances,
  ComposeClient,
  ComposeTopic,
  PropertiesFile,
} from "../analysis/predict/mod.ts";
import type { NetFault } from "../model/traffic.ts";
import { fields, maybe, needed, onlyNames, reference, type Schema } from "./checked.ts";
import { settingsByName } from "./changing.ts";
import { logDir } from "./disks.ts";
import { electionTarget } from "./elections.ts";
import { guarded } from "./guard.ts";
import { clientEntries } from "./options.ts";
import { made, madeList } from "./results.ts";
import * as is from "./values.ts";

const propertiesFile: Schema<PropertiesFile> = fields<PropertiesFile>(
  { file: is.text("a file's name", 4_096), text: v.string("text") },
  ["file", "text"],
);
const predictable = v.lazy(() =>
  is.word<FaultKind>(...kindNames().filter((name) => kindOf(name)!.isPredictable || hitsMembers(name))),
);
/** Those are predicted for consumer groups. */
const hitsMembers = (name: string): boolean => ["members", "both"].includes(kindOf(name)!.takes ?? "nodes");
const positive = is.number("a number, 0 or more", (one) => one >= 0 && Number.isFinite(one));
const memberNames = v.array(
  fields<MemberName>({ group: is.probeName, member: is.text("a member's name", 300) }, ["group", "member"]),
  "a list of { group, member }",
);
const wholeDisk: Schema<DiskFault> = v.pipe(
  fields<DiskFault>(
    {
      effect: is.word<DiskEffect>("full", "failed", "hung", "slow", "forgetful"),
      addsMs: positive,
      logDir,
    },
    ["effect"],
  ),
  v.check((one) => one.logDir === undefined, "a fault of all log directories"),
);
type ElectedLeaders = NonNullable<ResolvedFault["election"]>;
const fault: Schema<ResolvedFault> = fields<ResolvedFault>(
  {
    kind: predictable,
    targets: v.array(is.broker, "a list of broker numbers"),
    controllers: v.array(is.whole(0, is.MOST), "a list of node ids"),
    members: memberNames,
    resources: v.array(is.text("a resource's name", 300), "a list of names"),
    processing: fields<SlowProcessing>({ processMs: positive, factor: positive }),
    process: is.word<ProcessEffect>("shutdown", "death", "freeze"),
    restarts: fields<Restarts>({ wait: is.word("full isr", "alive", "none"), how: is.word("stop", "kill") }, [
      "wait",
      "how",
    ]),
    settings: settingsByName,
    election: fields<ElectedLeaders>({ kind: is.word("preferred", "unclean"), of: electionTarget }, [
      "kind",
      "of",
    ]),
    network: madeList<NetFault>("circumstances()", "kind", "broker", "path", "direction"),
    disk: wholeDisk,
    lastsMs: is.number("a number of milliseconds, 0 or more", (ms) => ms >= 0 && Number.isFinite(ms)),
  },
  ["kind", "targets"],
);
const topic: Schema<ComposeTopic> = fields<ComposeTopic>({
  topic: is.topicName,
  partition: is.whole(0, is.MOST),
  replicationFactor: is.whole(1, 32_767),
  minIsr: is.whole(1, 32_767),
  uncleanElection: is.flag,
});
const { topic: _, partition: __, ...composeClient } = clientEntries;
const bootstrapWord = is.word("all", "one");
const brokers = is.listOf(is.broker, '"all", "one" or a list of broker numbers');
const client: Schema<ComposeClient> = fields<ComposeClient>({
  ...composeClient,
  bootstrap: v.lazy(
    (one): Schema<"all" | "one" | readonly number[]> => (typeof one === "string" ? bootstrapWord : brokers),
  ),
  isWarm: is.flag,
});
/** What circumstances are made of beside the files. */
export const circumstancesOf: Schema<ComposeCircumstances> = fields<ComposeCircumstances>(
  {
    topic,
    client,
    fault,
    leader: is.broker,
    controller: is.nullable(is.whole(0, is.MOST)),
    kafka: is.text("a Kafka version", 100),
    engine: is.nullable(is.word("local", "docker")),
  },
  ["fault"],
);

/**
 * Derives the circumstances of a fault from a compose project, for `predict()`.
 *
 * @throws LabError BAD_COMPOSE, also for a setting that Kafka would refuse; UNSUPPORTED
 * @throws RangeError for a broker that the project does not have, or an unknown Kafka version
 * @throws TypeError for an invalid topic name or client setting
 * @example
 * import { faults, fromCompose, predict, readCompose, resolveFault } from "kafka-failure-lab/predict";
 *
 * const fault = resolveFault(faults.kill(1), [1]);
 * const circumstances = fromCompose(readCompose(["as-posted"]), { fault });
 * console.log(predict(circumstances).sentence); // leader does not move, no send is acknowledged; …
 */
export const fromCompose: typeof predicting.fromCompose = guarded("fromCompose", predicting.fromCompose, [
  reference("project", made("readCompose()", "services", "files", "notes")),
  needed("circumstances", circumstancesOf),
]);
/**
 * Derives the circumstances of a fault from the `server.properties` of every node of a cluster, for
 * `predict()`. Brokers are numbered from 1 in the order of the files. Pure: it reads no file.
 *
 * @throws LabError BAD_CONFIGURATION for a file that is no node's, for a setting that Kafka would refuse, and
 *   where the file of a voter is missing; UNSUPPORTED for a node that needs ZooKeeper
 * @throws RangeError, TypeError for an unknown broker or Kafka version, a wrong topic name or client setting
 * @example
 * import { fromProperties, predict } from "kafka-failure-lab/predict";
 *
 * const text = "process.roles=broker,controller\nnode.id=1\ncontroller.quorum.voters=1@localhost:9093";
 * const fault = { kind: "kill", targets: [1] } as const;
 * console.log(predict(fromProperties([{ file: "server.properties", text }], { fault })).served); // 0
 */
export const fromProperties: typeof predicting.fromProperties = guarded(
  "fromProperties",
  predicting.fromProperties,
  [needed("files", v.array(propertiesFile, "a list of files")), needed("circumstances", circumstancesOf)],
);
const FACTS: Readonly<Record<keyof ClusterFacts, true>> = {
  kafka: true,
  engine: true,
  nodes: true,
  description: true,
  topic: true,
  client: true,
  minIsr: true,
  uncleanElection: true,
  isForced: true,
  own: true,
  fault: true,
  directories: true,
  besides: true,
  slower: true,
};
const facts = v.pipe(
  made<ClusterFacts>("the documentation of ClusterFacts", "nodes", "description", "topic", "client", "fault"),
  onlyNames<ClusterFacts>(Object.keys(FACTS)),
  v.looseObject({
    topic: v.pipe(v.looseObject({}, "an object with topic"), onlyNames(["topic", "partition"])),
    client: v.pipe(
      v.looseObject({}, "an object with name and settings"),
      onlyNames(["name", "settings", "isWarm", "brokerOf"]),
    ),
  }) as never,
) as unknown as Schema<ClusterFacts>;

/**
 * Derives the circumstances of a fault from the state of a running cluster, for `predict()`.
 *
 * @throws RangeError if the cluster has no such partition, and for a fault of one log directory if
 *   `directories` has no row for one of its brokers
 */
export const circumstances: typeof predicting.circumstances = guarded(
  "circumstances",
  predicting.circumstances,
  [reference("facts", facts)],
);
/**
 * Resolves a fault for nodes that are known, without a cluster, as `fromCompose()` takes it.
 *
 * @param targets broker numbers, from 1
 * @param controllers nodes that are only controllers, by their `node.id`; stop, kill and pause take them
 * @param members of consumer groups, in place of nodes: `[{ group: "billing", member: "billing.1" }]`
 * @throws LabError UNSUPPORTED for what a fault of that kind cannot hit
 * @throws RangeError for an unknown kind; TypeError, RangeError for a wrong option
 */
export const resolveFault: typeof making.resolveFault = guarded("resolveFault", making.resolveFault, [
  needed("fault", faultWithoutTarget),
  needed("targets", v.array(is.broker, "a list of broker numbers")),
  maybe("controllers", v.array(is.whole(0, is.MOST), "a list of node ids")),
  maybe("members", memberNames),
]);
/** Returns every kind of fault, the lab's own first, with its options and a description of each. */
export const faultKinds: typeof making.faultKinds = guarded("faultKinds", making.faultKinds, []);
/**
 * Predicts what a fault does to one client: which broker leads next, from when the client is served, and
 * what may be lost, duplicated or left unknown. Times are milliseconds after the fault. Pure: the same
 * circumstances give the same prediction.
 *
 * @example
 * import { fromCompose, predict, readCompose } from "kafka-failure-lab";
 *
 * const fault = { kind: "kill", targets: [1] } as const;
 * const { failsOver, gap } = predict(fromCompose(readCompose(), { fault }));
 * console.log(failsOver, gap); // 1 { fromMs: …, toMs: … }
 */
export const predict: typeof predicting.predict = guarded("predict", predicting.predict, [
  reference(
    "circumstances",
    made<Circumstances>("fromCompose() or circumstances()", "nodes", "voters", "topic", "client", "fault"),
  ),
]);
