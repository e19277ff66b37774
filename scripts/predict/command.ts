// The command line of a prediction: compose files, server.properties or Kubernetes manifests in, text out. It
// reads files and touches nothing else.

import {
  type Circumstances,
  type CoordinatorOf,
  type LeaderOf,
  predict,
  type Prediction,
  printable,
  readable,
  type Role,
  table,
} from "@kafka-failure-lab/sdk";
import { predictGroup, resolveFault } from "@kafka-failure-lab/sdk/predict";
import { failed, namedMembers, type OneNode, partition, type Printed } from "@kafka-failure-lab/sdk/testing";
import { type Described, describedBy, type DescribedNode, type Place } from "./described.ts";
import { groupLines } from "./group.ts";
import { HELP, type PredictOptions, predictOptions } from "./options.ts";

/** Runs the command line. */
export function predictCommand(argv: readonly string[], place: Place): Printed {
  try {
    const options = predictOptions(argv);
    if (options === null) return { exitCode: 0, out: HELP, err: "" };
    const circumstances = circumstancesOf(options, place);
    const { group } = options;
    const prediction =
      group === undefined ? predict(circumstances) : predictGroup(circumstances, group.group);
    const out = options.json
      ? JSON.stringify({ circumstances, ...(group && { group: group.group }), prediction }, undefined, 2)
      : ("role" in prediction ? groupLines(prediction, circumstances) : told(circumstances, prediction))
          .map((line) => printable(line))
          .join("\n");
    return { exitCode: 0, out, err: "" };
  } catch (error) {
    return failed("npm run predict --", error, place.env);
  }
}

function circumstancesOf(options: PredictOptions, place: Place): Circumstances {
  const described = describedBy(options, place);
  const { nodes, circumstances } = described;
  const controller = controllerOf(options, described);
  const common = {
    topic: options.topic,
    client: options.client,
    engine: options.engine,
    ...(options.kafka !== undefined && { kafka: options.kafka }),
  };
  const coordinator = coordinatorAsked(options);
  const named = Array.isArray(options.target)
    ? (options.target as readonly OneNode[]).map((one) => nodeOf(described, one))
    : undefined;
  const asked = coordinator === undefined ? named : [nodeOf(described, coordinator)];
  const leader = options.leader ?? named?.find(({ broker }) => broker !== null)?.broker ?? 1;
  const { topic } = circumstances({ ...common, leader, fault: resolveFault(options.fault, []) });
  if (options.group?.hit !== undefined) {
    const { group, hit } = options.group;
    const members = hit.map((number) => ({ group: group.name, member: `${group.name}.${number}` }));
    const fault = resolveFault(options.fault, [], [], members);
    return circumstances({ ...common, leader, controller: controller?.nodeId ?? null, fault });
  }
  const hit = asked ?? hitBy(options.target as Role | LeaderOf | CoordinatorOf, { nodes, topic, controller });
  if (hit.length === 0) throw new RangeError("Cannot hit the followers: the topic has one replica");
  const brokers = [...new Set(hit.flatMap(({ broker }) => broker ?? []))];
  const controllers = [...new Set(hit.flatMap(({ broker, nodeId }) => (broker === null ? nodeId : [])))];
  return circumstances({
    ...common,
    leader,
    controller: controller?.nodeId ?? null,
    fault: resolveFault(options.fault, brokers, controllers),
  });
}

/** The coordinator of the group that is predicted for, where it is to be hit. */
function coordinatorAsked({ target, group, leader = 1 }: PredictOptions): number | undefined {
  const isOwn =
    typeof target === "object" && "coordinatorOf" in target && target.coordinatorOf === group?.group.name;
  return isOwn ? (group?.group.coordinator ?? leader) : undefined;
}

/** The node that is asked for. @throws RangeError where there is none */
function nodeOf({ nodes, source }: Described, asked: OneNode): DescribedNode {
  const found = nodes.find(({ broker, nodeId, service }) =>
    typeof asked === "number"
      ? broker === asked
      : "node" in asked
        ? nodeId === asked.node
        : service === asked.service,
  );
  if (found !== undefined) return found;
  const what =
    typeof asked === "number"
      ? `broker ${asked}`
      : "node" in asked
        ? `node ${asked.node}`
        : `service ${asked.service}`;
  const known = nodes.map(
    ({ broker, nodeId, service }) =>
      `${service ?? "a file"} (${broker === null ? "" : `broker ${broker}, `}node ${nodeId})`,
  );
  throw new RangeError(`Cannot predict for ${what}: ${source} has ${known.join(", ")}`);
}

/** The active controller, where it is given or has to be somebody. */
function controllerOf(
  { controller: asked, target }: PredictOptions,
  described: Described,
): DescribedNode | undefined {
  const { nodes, source } = described;
  const voters = nodes.filter(({ roles }) => roles.includes("controller"));
  if (asked !== undefined) {
    const node = nodeOf(described, asked);
    if (voters.includes(node)) return node;
    throw new RangeError(
      `Cannot use --controller: ${nameOf(node)} is no controller; there are ` +
        `${voters.map(nameOf).join(", ")}`,
    );
  }
  // an unknown controller that is to be hit has to be somebody: the lab's first one is the last voter
  const last = target === "controller" ? voters.at(-1) : undefined;
  if (target === "controller" && last === undefined)
    throw new RangeError(`Cannot hit the controller: no node of ${source} is one`);
  return last;
}

function nameOf({ service, nodeId }: DescribedNode): string {
  return service ?? `node ${nodeId}`;
}

interface Known {
  nodes: readonly DescribedNode[];
  topic: Circumstances["topic"];
  controller: DescribedNode | undefined;
}

/** The nodes that a role or the leader of a partition means. */
function hitBy(
  target: Role | LeaderOf | CoordinatorOf,
  { nodes, topic, controller }: Known,
): DescribedNode[] {
  const brokers = nodes.flatMap(({ broker }) => broker ?? []);
  const nodeOfBroker = (broker: number): DescribedNode => nodes.find((one) => one.broker === broker)!;
  const { leader, replicas } = topic.state;
  if (typeof target === "object") return [nodeOfBroker(leaderOf(target, topic, brokers))];
  if (target === "controller") return [controller!];
  return (target === "leader" ? [leader!] : replicas.filter((broker) => broker !== leader)).map(nodeOfBroker);
}

/**
 * The leader of a partition of the same topic, as Kafka places a topic's leaders: one broker after another
 * (StripedReplicaPlacer.java).
 *
 * @throws RangeError for another topic, and for the coordinator of a group
 */
function leaderOf(
  target: LeaderOf | CoordinatorOf,
  written: Circumstances["topic"],
  brokers: readonly number[],
): number {
  if ("coordinatorOf" in target)
    throw new RangeError(
      `Cannot use --target coordinatorOf:${target.coordinatorOf}: without a cluster it is not known who ` +
        "leads its partition of __consumer_offsets; name the broker, or give --group and --coordinator",
    );
  const { leaderOf: name } = target;
  const hit = partition("--target", name);
  if (hit.topic !== written.topic)
    throw new RangeError(
      `Cannot use --target leaderOf:${name}: the client writes to ${written.topic}, and nothing tells of ` +
        "another topic's leaders; name the broker",
    );
  const at = brokers.indexOf(written.state.leader ?? brokers[0]!) + hit.partition - written.partition;
  return brokers[((at % brokers.length) + brokers.length) % brokers.length]!;
}

function told({ topic, client, fault, controller, nodes }: Circumstances, prediction: Prediction): string[] {
  const { state } = topic;
  const isUsual = topic.topic === "my_topic" && topic.partition === 0;
  const who =
    controller === null
      ? "any controller"
      : `controller ${nodes.find(({ nodeId }) => nodeId === controller)?.broker ?? `node ${controller}`}`;
  const spans = prediction.parts.map(({ what, tookMs, timers }) => [
    what,
    `${readable(tookMs.fromMs)} to ${readable(tookMs.toMs)}`,
    timers.map(({ name, ms }) => `${name} ${readable(ms)}`).join(", "),
  ]);
  const trips = (prediction.roundTrips ?? []).map(({ api, broker, delays, atMs, limit, holds }) => [
    `${api} (${broker})`,
    `${delays} D`,
    readable(atMs),
    limit === null ? "" : `${limit.name} ${readable(limit.ms)}`,
    holds === 1 ? "in time" : holds === 0 ? "too late" : `${Math.round(holds * 100)} %`,
  ]);
  return [
    prediction.sentence,
    prediction.why,
    "",
    `assumed: leader ${state.leader ?? "none"}${isUsual ? "" : ` of ${topic.topic}-${topic.partition}`}, ` +
      `replicas ${state.replicas.join(",")}, ` +
      `ISR ${state.isr.join(",")}, min ISR ${topic.minIsr}, ${who}; ` +
      `${fault.kind} of ${namedMembers(fault)}; ` +
      `a ${client.isWarm ? "warm" : "cold"} ${client.client} client, ` +
      `acks ${client.acks === -1 ? "all" : client.acks}`,
    ...(spans.length === 0
      ? []
      : ["", ...table([["of the time without an acknowledgement", "takes", "decided by"], ...spans])]),
    ...(trips.length === 0
      ? []
      : ["", ...table([["answer", "costs", "after", "has to keep", ""], ...trips])]),
  ];
}
