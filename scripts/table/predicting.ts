// What is said before a row's fault: the one place where the table asks for a prediction.
//
// The lab's own prediction is what a reader would get. Beside it stand the circumstances, as a value: from
// them the same can be said again, without a cluster, when the prediction has been changed.

import type { Circumstances, Lab, Prediction, Probe } from "@kafka-failure-lab/sdk";
import { circumstances, resolveFault } from "@kafka-failure-lab/sdk/predict";
import { faultyDirectories, withForgetfulDisks } from "@kafka-failure-lab/sdk/testing";
import { faultOf } from "./ahead.ts";
import type { Situation } from "./place.ts";
import type { Row } from "./row.ts";

/** A prediction, and what it was made from. */
export interface Predicted {
  readonly prediction: Prediction;
  readonly circumstances: Circumstances;
}

/** Predicts a row's fault for its client, just before it. */
export async function predicted(lab: Lab, row: Row, probe: Probe, situation: Situation): Promise<Predicted> {
  const { topic, targets } = situation;
  const spec = faultOf(row, situation);
  const prediction = await lab.predict(spec, { client: probe });
  const { engine } = lab;
  const minIsr = row.topic.config?.["min.insync.replicas"];
  const description = await lab.cluster.describe();
  const away = description.brokers.flatMap((one): (number | null)[] =>
    one.state === "running" ? [] : [one.broker],
  );
  const fault = withForgetfulDisks(resolveFault(spec, targets), lab.run);
  const directories = await faultyDirectories({ engine }, fault);
  const known = circumstances({
    kafka: engine.kafka,
    engine: engine.kind as "local" | "docker", // its labs are started
    nodes: engine.nodes.filter(({ broker }) => !away.includes(broker)),
    description,
    topic: { topic },
    client: {
      name: probe.name,
      settings: probe.settings,
      isWarm: row.start === "warm",
      brokerOf: (address) => engine.nodes.find(({ client }) => client === address)?.broker ?? null,
    },
    fault,
    ...(directories && { directories }),
    ...(row.topic.config?.["flush.messages"] === "1" && { isForced: true }),
    ...(minIsr !== undefined && { minIsr: Number(minIsr) }),
    own: Object.keys(row.topic.config ?? {}),
    ...(prediction.slower !== undefined && { slower: prediction.slower }),
  });
  return {
    prediction,
    circumstances: {
      ...known,
      nodes: known.nodes.map((node) => ({ ...node, properties: impersonal(node.properties) })),
    },
  };
}

/**
 * Without what is this machine's: folders and addresses, which no prediction depends on once it is known who
 * can reach whom.
 */
export function impersonal(properties: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => !/[/@:]/.test(value)));
}
