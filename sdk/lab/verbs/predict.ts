// From a fault that is about to be injected to what it will do to a client: asks the cluster how it stands,
// and leaves the rest to predict/.

import { topicSettings } from "../../client/admin.ts";
import type { ClientSettings } from "../../client/client.ts";
import type { Description } from "./cluster.ts";
import type { Duration } from "../../model/duration.ts";
import { LabError } from "../../model/errors.ts";
import type { FaultKind, FaultSpec } from "../../model/fault.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Broker } from "../../model/history.ts";
import { BUILT_IN, specOf } from "../../faults/mod.ts";
import type { Resolution, ResolveFault } from "./inject.ts";
import { circumstances, predict, type Prediction } from "../../analysis/predict/mod.ts";
import type { Probe } from "../workload/probe.ts";
import type { Run } from "../run.ts";
import { type ProbeOptions, writeOut } from "../../client/settings.ts";
import type { Target } from "../../model/target.ts";

/** Options of `lab.predict`. */
export interface PredictOptions {
  /**
   * Whose sends are predicted: a probe, its name, or the settings of one that is created after the fault.
   *
   * @default the lab's default probe
   */
  client?: string | Probe | (ProbeOptions & { name: string });
  /** How long the fault lasts. @default the fault's own `lasts`, otherwise until it is healed */
  lasts?: Duration;
}

/**
 * Predicts what a fault will do to a client, and records the prediction: `conclude()` compares it with the
 * measured outcome.
 *
 * The prediction is based on the cluster's current state, stopped brokers included; other open network faults
 * are ignored.
 *
 * @throws LabError as the fault itself would for its target; UNSUPPORTED for a kind without a prediction;
 *   TypeError, RangeError for a wrong option
 */
export type Predict = (...asked: PredictArguments) => Promise<Prediction>;

/** A fault as a value; or its kind, its target, and its options beside those of the prediction. */
export type PredictArguments =
  | [fault: FaultSpec, options?: PredictOptions]
  | [kind: FaultKind, target: Target, options?: PredictOptions & Readonly<Record<string, unknown>>];

/** The arguments of `lab.predict` with the fault as a value. */
export function asValue([fault, ...others]: PredictArguments): [FaultSpec, PredictOptions] {
  if (typeof fault !== "string") return [fault, (others[0] as PredictOptions | undefined) ?? {}];
  const [target, options = {}] = others as [Target, (PredictOptions & Record<string, unknown>)?];
  const { client, lasts, ...own } = options;
  const how = { ...(client !== undefined && { client }), ...(lasts !== undefined && { lasts }) };
  return [specOf<FaultSpec>({ kind: fault, target, ...own }), how];
}

export interface PredictParts {
  run: Run;
  engine: Engine;
  resolve: ResolveFault;
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
  return async (...asked) => {
    const [spec, options] = asValue(asked);
    const client = clientOf(parts, options.client);
    const { lasts } = options;
    const [{ fault }, description, own] = await Promise.all([
      resolvePredictable(parts, lasts === undefined ? spec : { ...spec, lasts }),
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
      fault,
    });
    const prediction = predict(known);
    const { network, lastsMs } = fault;
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

/** @throws LabError UNSUPPORTED for a kind whose consequences are not derived */
async function resolvePredictable({ resolve }: PredictParts, spec: FaultSpec): Promise<Resolution> {
  const resolution = await resolve(spec);
  if (resolution.definition.isPredictable) return resolution;
  const known = Object.values(BUILT_IN).filter(({ isPredictable }) => isPredictable);
  throw new LabError("UNSUPPORTED", `Cannot predict ${spec.kind}: no prediction is derived for this kind`, {
    hint: `There are predictions for ${known.map(({ kind }) => kind).join(", ")}.`,
  });
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
