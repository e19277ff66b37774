// From a fault that is about to be injected to what it will do to a client: asks the cluster how it stands,
// and leaves the rest to predict/.

import type { TargetResolver } from "./target-resolver.ts";
import { topicSettings } from "../../client/admin.ts";
import type { ClientSettings } from "../../client/client.ts";
import type { Description } from "./cluster.ts";
import { type Duration, toMs } from "../../model/duration.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Broker, FaultKind } from "../../model/history.ts";
import { madeOf, type NetworkOrder } from "./network.ts";
import { circumstances, type KnownFault, predict, type Prediction } from "../../analysis/predict/mod.ts";
import type { Probe } from "../workload/probe.ts";
import type { Run } from "../run.ts";
import { type ProbeOptions, writeOut } from "../../client/settings.ts";
import type { Target } from "../../model/target.ts";
import type { Direction, Path, Rate } from "../../model/traffic.ts";

/** The faults that can be predicted. */
export type PredictedFault = Extract<
  FaultKind,
  "stop" | "kill" | "pause" | "isolate" | "delay" | "lose" | "throttle"
>;

/** Options of `lab.predict`. */
export interface PredictOptions {
  /**
   * Whose sends are predicted: a probe, its name, or the settings of one that is created after the fault.
   *
   * @default the lab's default probe
   */
  client?: string | Probe | (ProbeOptions & { name: string });
  /** How long the fault lasts. @default until it is healed */
  lasts?: Duration;
  /** For `"delay"`: the added latency. */
  delay?: Duration;
  /** For `"delay"`: how far it varies. @default 0 */
  jitter?: Duration;
  /** For `"lose"`: the percentage of packets. */
  percent?: number;
  /** For `"throttle"`: the rate. */
  rate?: Rate;
  /** For `"isolate"`: as `net.isolate` takes it. @default "drop" */
  how?: "drop" | "reset" | "refuse";
  /** For network faults: as the verbs of `net` take it. @default "all" */
  path?: Path;
  /** For network faults: as the verbs of `net` take it. */
  direction?: Direction;
}

/**
 * Predicts what a fault will do to a client, and records the prediction: `conclude()` compares it with the
 * measurement.
 *
 * The prediction is based on the cluster's current state, stopped brokers included; other open network faults
 * are ignored.
 *
 * @throws LabError as the fault itself would for its target; TypeError, RangeError for a wrong option
 */
export type Predict = (
  fault: PredictedFault,
  target: Target,
  options?: PredictOptions,
) => Promise<Prediction>;

export interface PredictParts {
  run: Run;
  engine: Engine;
  resolveTarget: TargetResolver;
  describe(): Promise<Description>;
  endpoints: readonly string[];
  topic: string;
  /** The lab's own; asked for its name, it is made. */
  probe: Probe;
  probes(): readonly Probe[];
  brokerOf(address: string): Broker | null;
}

/** The settings of a topic that decide what a fault does to it. */
const [MIN_ISR, UNCLEAN] = ["min.insync.replicas", "unclean.leader.election.enable"] as const;

export function makePredict(parts: PredictParts): Predict {
  const { run, engine, endpoints } = parts;
  return async (fault, target, options = {}) => {
    const client = clientOf(parts, options.client);
    const [targets, description, own] = await Promise.all([
      parts.resolveTarget(target),
      parts.describe(),
      topicSettings(endpoints, client.topic, [MIN_ISR, UNCLEAN]),
    ]);
    const known = circumstances({
      kafka: engine.kafka,
      engine: engine.kind,
      nodes: engine.nodes.filter(({ service }) => engine.status(service).state === "running"),
      description,
      topic: { topic: client.topic },
      ...(own?.[MIN_ISR] === undefined ? {} : { minIsr: Number(own[MIN_ISR]) }),
      ...(own?.[UNCLEAN] === undefined ? {} : { uncleanElection: own[UNCLEAN] === "true" }),
      client: {
        name: client.name,
        settings: client.settings,
        isWarm: client.isWarm,
        brokerOf: (address) => parts.brokerOf(address),
      },
      fault: faultOf(fault, targets, options),
    });
    const prediction = predict(known);
    const { network, lastsMs } = known.fault;
    run.record({
      kind: "prediction",
      atMs: run.now(),
      client: client.name,
      topic: client.topic,
      prediction,
      ...(network && { network }),
      ...(lastsMs === undefined ? {} : { lastsMs }),
    });
    return prediction;
  };
}

interface Client {
  name: string;
  topic: string;
  settings: ClientSettings;
  isWarm: boolean;
}

/** @throws RangeError for a name that no probe has */
function clientOf(
  { run, endpoints, topic, probe, probes }: PredictParts,
  wanted: PredictOptions["client"],
): Client {
  if (typeof wanted === "object" && !isProbe(wanted))
    return {
      name: wanted.name,
      topic: wanted.topic ?? topic,
      settings: writeOut(wanted, endpoints),
      isWarm: false,
    };
  const found =
    wanted === undefined ? probe : isProbe(wanted) ? wanted : probes().find(({ name }) => name === wanted);
  if (found === undefined)
    throw new RangeError(
      `Cannot predict for ${JSON.stringify(wanted)}: no probe has that name; there are ${
        probes()
          .map(({ name }) => name)
          .join(", ") || "none"
      }`,
    );
  const { name, settings } = found;
  return {
    name,
    topic: found.topic,
    settings,
    isWarm: run.history.some(
      (event) =>
        event.kind === "send" && event.client === name && (event.outcome === "ok" || settings.acks === 0),
    ),
  };
}

/** Whether a prediction's client is a probe: an object, or `lab.probe`, which is a function. */
export function isProbe(client: PredictOptions["client"] | null): client is Probe {
  return (typeof client === "object" || typeof client === "function") && client !== null && "send" in client;
}

/** @throws TypeError, RangeError for what the verb itself would refuse */
function faultOf(
  kind: PredictedFault,
  targets: readonly Broker[],
  { lasts, ...how }: PredictOptions,
): KnownFault {
  const common = { kind, targets, ...(lasts === undefined ? {} : { lastsMs: toMs(lasts) }) };
  if (kind === "stop" || kind === "kill" || kind === "pause") return common;
  return { ...common, network: targets.map(madeOf(orderOf(kind, how))) };
}

function orderOf(
  kind: "isolate" | "delay" | "lose" | "throttle",
  { delay, jitter, percent, rate, how, path, direction }: PredictOptions,
): NetworkOrder {
  const scope = { ...(path && { path }), ...(direction && { direction }) };
  switch (kind) {
    case "isolate":
      return { kind, ...(how && { how }), ...scope };
    case "delay":
      return { kind, delay: given("delay", delay), ...(jitter === undefined ? {} : { jitter }), ...scope };
    case "lose":
      return { kind, percent: given("percent", percent), ...scope };
    case "throttle":
      return { kind, rate: given("rate", rate), ...scope };
  }
}

function given<T>(name: string, value: T | undefined): T {
  if (value === undefined)
    throw new TypeError(`Cannot predict a fault of the network without its ${name}: give it as an option`);
  return value;
}
