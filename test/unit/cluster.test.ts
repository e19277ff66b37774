// The verbs on a cluster that is told, not run: what waits for what.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { assertLabError } from "./refusal.ts";
import { makeCluster, type TopicOptions } from "../../sdk/lab/verbs/cluster.ts";
import type { Engine, Node, NodeState } from "../../sdk/engine/engine.ts";
import type { LabError } from "../../sdk/model/errors.ts";
import type { OpenFaults } from "../../sdk/lab/faults/open-faults.ts";
import type { PartitionState } from "../../sdk/model/history.ts";
import type { Observer, View } from "../../sdk/lab/observe/observe.ts";

const orders = (isr: number[], partition = 0): PartitionState => ({
  topic: "orders",
  partition,
  leader: isr[0]!,
  leaderEpoch: 0,
  replicas: [1, 2],
  isr,
  offline: [],
});
const full = [orders([1, 2])];

/** Two brokers; each look at them is told the next of `says`, by broker, and then the last for ever. */
function cluster({
  states = ["running", "running"],
  broken = [],
  says,
}: {
  states?: NodeState[];
  broken?: readonly number[];
  says: (readonly PartitionState[] | undefined)[][];
}): { looks(): number; noted: readonly string[]; createTopic(options?: TopicOptions): Promise<void> } {
  const nodes = [1, 2].map((id) => ({
    service: `kafka-${id}`,
    broker: id,
    nodeId: id,
    client: `localhost:${id}`,
    observed: `localhost:${id}`,
    properties: {},
  })) as unknown as Node[];
  let looks = 0;
  const look = async (): Promise<View> => {
    const said = says[Math.min(looks++, says.length - 1)]!;
    const views = new Map(
      said.flatMap((partitions, index) =>
        partitions === undefined ? [] : [[index + 1, { alive: [1, 2], partitions }] as const],
      ),
    );
    return {
      controller: 1,
      controllerNode: 1,
      controllerEpoch: 1,
      voters: [1],
      alive: [1, 2],
      partitions: [...views.values()][0]?.partitions ?? [],
      answered: views.size,
      views,
      topicIds: new Map(views.size > 0 ? [["orders", "id-1"]] : []),
    } as unknown as View;
  };
  const noted: string[] = [];
  const made = makeCluster({
    engine: {
      kind: "local",
      kafka: "3.9.2",
      nodes,
      status: (service: string) => ({ state: states[Number(service.at(-1)) - 1]! }),
      lastWords: () => "",
      logFile: () => "",
    } as unknown as Engine,
    observer: { look, forceMetadataCommit: () => {}, refusal: () => undefined } as unknown as Observer,
    faults: {
      isMeantToEnd: () => false,
      open: broken.map((broker) => ({ targets: [broker] })),
    } as unknown as OpenFaults,
    run: { now: () => 0, record: () => {} },
    noteTopicId: (topic, id) => void noted.push(`${topic} ${id}`),
    groups: () => Promise.resolve([]),
    inject: async () => assert.unreachable() as never,
    resolveTarget: async () => ({ targets: [] }),
    createTopic: () => Promise.resolve(),
    assertOpen: () => {},
    signal: () => undefined,
  });
  return {
    looks: () => looks,
    noted,
    createTopic: (options = {}) => made.createTopic("orders", { timeout: 60, ...options }),
  };
}

const waiting = suite("createTopic()");
for (const [what, says] of [
  ["no broker answers", [[undefined, undefined]]],
  ["one of the brokers that run does not answer", [[full, undefined]]],
  ["one does not tell of the topic", [[full, []]]],
  ["one tells of a replica that lags", [[full, [orders([1])]]]],
] as const) {
  waiting(`does not return while ${what}`, async () => {
    const error = await cluster({ says: says.map((said) => [...said]) })
      .createTopic()
      .catch((e: unknown) => e);
    assert.is((error as LabError).code, "NOT_READY");
  });
}
waiting("returns when every broker tells of its full ISR", async () => {
  const { looks, noted, createTopic } = cluster({
    says: [
      [undefined, undefined],
      [full, undefined],
      [full, full],
    ],
  });
  await createTopic({ timeout: "5s" });
  assert.equal(noted, ["orders id-1"]);
  assert.is(looks(), 3);
});
for (const state of ["stopped", "paused"] as const)
  waiting(`does not wait for a broker that is ${state}`, () =>
    cluster({ states: ["running", state], says: [[full, undefined]] }).createTopic(),
  );
waiting("does not wait for a broker that a fault of the network keeps from answering", () =>
  cluster({ broken: [2], says: [[full, undefined]] }).createTopic(),
);
const three = [orders([1, 2], 0), orders([1, 2], 1), orders([1, 2], 2)];
for (const [what, options] of [
  ["nothing", {}],
  ["its own partitions", { partitions: 3 }],
  ["its own replicas", { partitions: 3, replicationFactor: 2 }],
] as const) {
  waiting(`takes a topic that exists as it is where ${what} was asked for`, () =>
    cluster({ says: [[three, three]] }).createTopic(options),
  );
}
for (const [options, ...names] of [
  [{ partitions: 4 }, "orders", "4 partitions", "3 partitions"],
  [{ partitions: 1 }, "orders", "1 partition", "3 partitions"],
  [{ replicationFactor: 1 }, "orders", "1 replica", "2 replicas"],
] as const) {
  waiting(
    `refuses at once a topic that exists otherwise than asked for: ${JSON.stringify(options)}`,
    async () => {
      const { looks, createTopic } = cluster({
        says: [
          [undefined, undefined],
          [three, three],
        ],
      });
      const error: unknown = await createTopic({ timeout: "5s", ...options }).catch((e: unknown) => e);
      assertLabError(error, "COMMAND_FAILED", {}, names);
      assert.is(looks(), 2);
    },
  );
}
waiting.run();
