// What a probe writes into the history, and the results that it returns.

import type { ClientSettings, Sent, WasRead } from "../../client/client.ts";
import { shownSettings } from "../../model/security.ts";
import type { Broker, SendEvent } from "../../model/history.ts";
import type { Run } from "../run.ts";
import type { ReadResult, SendResult } from "./results.ts";

export interface RecordParts {
  name: string;
  topic: string;
  partition?: number | undefined;
  settings: ClientSettings;
  run: Run;
  brokerOf(address: string): Broker | null;
}

export interface ProbeRecords {
  /** Records the client and its settings. */
  client(): void;
  /**
   * @param timing `began` by `performance.now()`, `tookMs` in milliseconds
   * @param requested the partition that its caller named
   */
  send(value: string, sent: Sent, timing: { began: number; tookMs: number }, requested?: number): SendResult;
  /** @param timing `atMs` by the run's clock, `tookMs` in milliseconds */
  read(was: WasRead, timing: { atMs: number; tookMs: number }): ReadResult;
}

/** Milliseconds with three decimals. */
const rounded = (ms: number): number => Math.round(ms * 1000) / 1000;

export function probeRecords({ name, topic, partition, settings, run, brokerOf }: RecordParts): ProbeRecords {
  return {
    client() {
      const shown = settings.client === "java" ? shownSettings(settings) : settings;
      const own = { topic, ...(partition !== undefined && { partition }) };
      run.record({ kind: "client", atMs: run.now(), client: name, settings: { ...own, ...shown } });
    },
    send(value, sent, { began, tookMs }, requested) {
      const broker = sent.address === undefined ? null : brokerOf(sent.address);
      const result: SendResult = {
        outcome: sent.outcome,
        tookMs: rounded(tookMs),
        value,
        ...(broker === null ? {} : { broker }),
        ...(sent.partition === undefined ? {} : { partition: sent.partition }),
        ...(sent.offset === undefined ? {} : { offset: sent.offset }),
        attempts: sent.attempts,
        ...(sent.error === undefined ? {} : { error: sent.error }),
      };
      const { tookMs: took, ...rest } = result;
      run.record({
        kind: "send",
        atMs: run.at(began),
        tookMs: took,
        client: name,
        topic,
        ...rest,
        ...(sent.partition === undefined && requested !== undefined && { requestedPartition: requested }),
        ...(sent.isUnderWay === true && sent.outcome !== "ok" ? { isUnderWay: true } : {}),
      } satisfies SendEvent);
      return result;
    },
    read(was, { atMs, tookMs }) {
      run.record({ kind: "read", atMs, tookMs: rounded(tookMs), client: name, topic, records: was.records });
      const isComplete = was.error === undefined && was.partitions.every(({ complete }) => complete);
      return {
        outcome: isComplete ? "ok" : "fail",
        tookMs: rounded(tookMs),
        records: was.records,
        ...(was.error === undefined ? {} : { error: was.error }),
      };
    },
  };
}
