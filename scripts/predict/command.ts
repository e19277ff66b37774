// The command line of a prediction: compose files in, text out. It reads files and touches nothing else.

import {
  type Circumstances,
  FAST_TIMERS,
  fromCompose,
  predict,
  type Prediction,
  printable,
  readable,
  readCompose,
  table,
} from "@kafka-failure-lab/sdk";
import { resolveFault } from "@kafka-failure-lab/sdk/predict";
import { failed, kafkaServices, type Printed } from "@kafka-failure-lab/sdk/testing";
import { HELP, type PredictOptions, predictOptions } from "./options.ts";

/** Where the command runs. */
export interface Place {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Runs the command line. */
export function predictCommand(argv: readonly string[], place: Place): Printed {
  try {
    const options = predictOptions(argv);
    if (options === null) return { exitCode: 0, out: HELP, err: "" };
    const circumstances = circumstancesOf(options, place);
    const prediction = predict(circumstances);
    return {
      exitCode: 0,
      out: options.json
        ? JSON.stringify({ circumstances, prediction }, undefined, 2)
        : told(circumstances, prediction)
            .map((line) => printable(line))
            .join("\n"),
      err: "",
    };
  } catch (error) {
    return failed("npm run predict --", error, place.env);
  }
}

function circumstancesOf(options: PredictOptions, { cwd, env }: Place): Circumstances {
  const project = readCompose(options.files, { env, cwd, ...(options.fast && { properties: FAST_TIMERS }) });
  const nodes = kafkaServices(project);
  const voter = nodes.find(({ broker }) => broker !== null && broker === options.controller);
  if (options.controller !== undefined && voter === undefined)
    throw new RangeError(
      `Cannot use --controller ${options.controller}: the compose file has no such broker`,
    );
  // an unknown controller that is to be hit has to be somebody: the lab's first one is the last voter
  const controller =
    voter ??
    (options.target === "controller"
      ? nodes.findLast(({ roles, broker }) => roles.includes("controller") && broker !== null)
      : undefined);
  if (options.target === "controller" && controller === undefined)
    throw new RangeError("Cannot hit the controller: no broker of the compose file is one");
  const common = {
    topic: options.topic,
    client: options.client,
    kafka: options.kafka ?? nodes[0]!.version,
    engine: options.engine,
  };
  const leader = options.leader ?? (typeof options.target === "object" ? options.target[0] : 1) ?? 1;
  const { topic } = fromCompose(project, { ...common, leader, fault: resolveFault(options.fault, []) });
  const followers = topic.state.replicas.filter((broker) => broker !== leader);
  const targets =
    typeof options.target === "object"
      ? options.target
      : { leader: [leader], followers, controller: [controller?.broker ?? leader] }[options.target];
  if (targets.length === 0) throw new RangeError("Cannot hit the followers: the topic has one replica");
  return fromCompose(project, {
    ...common,
    leader,
    controller: controller?.nodeId ?? null,
    fault: resolveFault(options.fault, targets),
  });
}

function told({ topic, client, fault, controller, nodes }: Circumstances, prediction: Prediction): string[] {
  const { state } = topic;
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
    `assumed: leader ${state.leader ?? "none"}, replicas ${state.replicas.join(",")}, ` +
      `ISR ${state.isr.join(",")}, min ISR ${topic.minIsr}, ${who}; ` +
      `${fault.kind} of broker ${fault.targets.join(", ")}; ` +
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
