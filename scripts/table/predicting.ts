// What is said before a row's fault: the one place where the table asks for a prediction.

import type { Duration, FaultKind, Lab, Path, Probe, Target } from "@kafka-failure-lab/sdk";
import type { Prediction } from "../../sdk/predict/prediction.ts";
import type { Order } from "./row.ts";

/** What a prediction is asked with beside the fault. */
export interface Asked {
  probe: Probe;
  /** The client begins with the fault. */
  cold: boolean;
  path?: Path;
  delay?: Duration;
  how?: "drop" | "reset" | "refuse";
}

/** A lab that predicts. */
export interface Predicting {
  predict(kind: FaultKind, target: Target, options: Asked): Promise<Prediction>;
}

/** Predicts a fault for a client, just before it; null for a lab that does not. */
export async function predicted(lab: Lab, order: Order, target: Target, asked: Pick<Asked, "probe" | "cold">): Promise<Prediction | null> {
  if (!canPredict(lab)) return null;
  const { kind, ...how } = order;
  return await lab.predict(kind, target, { ...asked, ...how });
}

function canPredict(lab: Lab): lab is Lab & Predicting {
  return typeof (lab as Partial<Predicting>).predict === "function";
}
