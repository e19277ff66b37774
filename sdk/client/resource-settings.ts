// Reads and changes settings of topics and brokers while they run, as an admin client does.

import { performance } from "node:perf_hooks";
import { openWires } from "../kafka/connection.ts";
import { errorCode, errorName } from "../kafka/error-codes.ts";
import {
  alterConfigsRequest,
  type ConfigResource,
  decodeAlterConfigs,
  decodeNamed,
  describeNamedRequest,
  type NamedConfig,
} from "../kafka/protocol/mod.ts";
import { LabError } from "../model/errors.ts";
import type { Security } from "../model/security.ts";

/** Settings by name; null: what is inherited. */
export type Settings = Readonly<Record<string, string | null>>;

export interface ResourceSettings {
  /** As one broker has them; undefined where it does not answer. */
  read(address: string, names: readonly string[]): Promise<Record<string, NamedConfig> | undefined>;
  /**
   * Changes them through the first of these brokers that answers.
   *
   * @throws LabError INVALID_CONFIG for what Kafka refuses; NO_SUCH_TOPIC; NO_CONTROLLER after `timeoutMs`
   */
  write(addresses: readonly string[], settings: Settings, timeoutMs: number): Promise<void>;
  close(): void;
}

const ONE_MS = 5_000;
const PAUSE_MS = 50;
const AGAIN: ReadonlySet<number | undefined> = new Set(
  ["NOT_CONTROLLER", "REQUEST_TIMED_OUT", "BROKER_NOT_AVAILABLE"].map(errorCode),
);

/** Opens no connection yet. */
export function resourceSettings(
  resource: ConfigResource,
  name: string,
  security?: Security,
): ResourceSettings {
  const wires = openWires(security);
  return {
    async read(address, names) {
      try {
        const body = await wires.to(address).send(describeNamedRequest(resource, names), ONE_MS);
        const { errorCode: code, settings } = decodeNamed(body, resource);
        return code === 0 ? settings : undefined;
      } catch (error) {
        if (error instanceof LabError) throw error;
        return undefined;
      }
    },
    async write(addresses, settings, timeoutMs) {
      const began = performance.now();
      for (let turn = 0; ; turn++) {
        const address = addresses[turn % addresses.length];
        if (address === undefined) break;
        const answer = await wires
          .to(address)
          .send(alterConfigsRequest(resource, settings), ONE_MS)
          .then(decodeAlterConfigs, (error: unknown) => {
            if (error instanceof LabError) throw error;
            return undefined;
          });
        if (answer?.errorCode === 0) return;
        if (answer !== undefined && !AGAIN.has(answer.errorCode)) throw refused(name, settings, answer);
        if (performance.now() - began >= timeoutMs) break;
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
      throw new LabError("NO_CONTROLLER", `Cannot change settings of ${name}: no controller answers`, {
        tookMs: performance.now() - began,
        hint: "Is a majority of the quorum's voters running? `cluster.describe()` shows them.",
      });
    },
    close: wires.close,
  };
}

function refused(
  name: string,
  settings: Settings,
  { errorCode: code, errorMessage }: { errorCode: number; errorMessage: string | null },
): LabError {
  const what = `Cannot set ${Object.keys(settings).join(", ")} of ${name}`;
  const why = errorMessage ?? errorName(code);
  if (errorName(code) === "UNKNOWN_TOPIC_OR_PARTITION")
    return new LabError("NO_SUCH_TOPIC", `${what}: the cluster has no such topic`);
  const isInvalid = ["INVALID_CONFIG", "INVALID_REQUEST", "POLICY_VIOLATION"].includes(errorName(code));
  return new LabError(isInvalid ? "INVALID_CONFIG" : "COMMAND_FAILED", `${what}: Kafka answers: ${why}`, {
    hint: isInvalid
      ? "Is the name right, is the value one that it takes, and can it be changed while brokers run?"
      : "May the lab's user alter settings (ACL ALTER_CONFIGS)?",
  });
}
