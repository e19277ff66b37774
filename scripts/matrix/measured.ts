// What a run measured, as it is kept, and the two cells that it answers.

import type { BeforeAfter, Broker, NodeId } from "@kafka-failure-lab/sdk";
import { type Cell, FIXES, HOWS, type Plan } from "./cell.ts";

/** The clients of a run: what each knew when the broker went, and its bootstrap list. */
export type ClientName = `${"warm" | "cold"}, ${"one" | "all"}`;

export const CLIENTS: readonly ClientName[] = ["warm, one", "warm, all", "cold, one", "cold, all"];

/** Times are milliseconds. */
export interface ClientMeasured {
  /**
   * The longest time without an acknowledged send while the fault lasted; null for never again within the
   * window.
   */
  gapMs: number | null;
  /** From the broker's process running again to the next acknowledged send; null for never. */
  backMs: number | null;
  acknowledged: number;
  /** Null if unknown. */
  lost: number | null;
  duplicates: number;
}

/** One run. Times are milliseconds. */
export interface Measured extends Plan {
  /** How long clients were watched while the fault lasted. */
  windowMs: number;
  /** The broker that went. */
  broker: Broker;
  leader: BeforeAfter<Broker | null>;
  isr: BeforeAfter<readonly Broker[]>;
  /** Node ids. */
  controller: BeforeAfter<NodeId | null>;
  clients: Readonly<Record<ClientName, ClientMeasured>>;
  /**
   * From the broker's process running again to full ISR; null for never, also where it was not full before.
   */
  isrBackMs: number | null;
  bootMs: number;
  tookMs: number;
  /** ISO 8601. */
  startedAt: string;
  engine: "local" | "docker";
  kafka: string;
  /** Where the brokers come from: jars or images. */
  from: string;
  runtime: string;
  cores: number;
  /** The run's folder, from the working directory. */
  run: string;
  /**
   * What was predicted and measured for each client, in words; absent in data that is older than predictions.
   */
  outcomes?: readonly string[];
  /** In what they disagree, a sentence each. */
  disagreements?: Readonly<Partial<Record<string, readonly string[]>>>;
  /** What the machine kept from lab and brokers, where it was too busy for the times. */
  busy?: string;
}

/** What is reported of a run's cluster; `backMs` is its clients', or those of several of them together. */
export type ClusterMeasured = Plan &
  Pick<Measured, "leader" | "isr" | "controller" | "isrBackMs"> & {
    clients: Readonly<Record<string, Pick<ClientMeasured, "backMs">>>;
  };

/** A run as the matrix has it: measured on this machine, or read from the data that is committed. */
export type MatrixRun = ClusterMeasured &
  Pick<
    Measured,
    "windowMs" | "broker" | "bootMs" | "startedAt" | "engine" | "kafka" | "from" | "run" | "outcomes"
  >;

/** What was measured for one cell. Times are milliseconds, null for never. */
export interface MeasuredCell extends Cell {
  warm: number | null;
  cold: number | null;
  leader: BeforeAfter<Broker | null>;
  isr: BeforeAfter<readonly Broker[]>;
  controller: BeforeAfter<NodeId | null>;
  /** Until both clients were acknowledged again after the broker's return. */
  backMs: number | null;
  isrBackMs: number | null;
  acknowledged: number;
  /** Null if unknown. */
  lost: number | null;
  duplicates: number;
  /** In what the clients' measurements disagree with their predictions. */
  disagreements?: readonly string[];
  /** As of the run. */
  busy?: string;
}

/** The two cells of a run: clients with one bootstrap server, and clients with all of them. */
export function measuredCells(run: Measured): MeasuredCell[] {
  return (["one", "all"] as const).map((bootstrap) => {
    const [warm, cold] = [run.clients[`warm, ${bootstrap}`], run.clients[`cold, ${bootstrap}`]];
    return {
      fixes: bootstrap === "all" ? [...run.fixes, "bootstrap"] : run.fixes,
      how: run.how,
      warm: warm.gapMs,
      cold: cold.gapMs,
      leader: run.leader,
      isr: run.isr,
      controller: run.controller,
      backMs: warm.backMs === null || cold.backMs === null ? null : Math.max(warm.backMs, cold.backMs),
      isrBackMs: run.isrBackMs,
      acknowledged: warm.acknowledged + cold.acknowledged,
      lost: warm.lost === null || cold.lost === null ? null : warm.lost + cold.lost,
      duplicates: warm.duplicates + cold.duplicates,
      ...(run.busy === undefined ? {} : { busy: run.busy }),
      ...(run.disagreements && {
        disagreements: (["warm", "cold"] as const).flatMap((client) =>
          (run.disagreements?.[`${client}, ${bootstrap}`] ?? []).map(
            (text) => `the ${client} client: ${text}`,
          ),
        ),
      }),
    };
  });
}

/** Whether a value that was read from a file is a run. */
export function isMeasured(value: unknown): value is Measured {
  if (typeof value !== "object" || value === null) return false;
  const { fixes, how, windowMs, tookMs, clients, leader, isr, controller } = value as Partial<Measured>;
  return (
    Array.isArray(fixes) &&
    fixes.every((fix) => FIXES.includes(fix)) &&
    HOWS.some((one) => one === how) &&
    typeof windowMs === "number" &&
    typeof tookMs === "number" &&
    CLIENTS.every((name) => typeof clients?.[name] === "object") &&
    [leader, isr, controller].every((one) => typeof one === "object")
  );
}
