import { settingNames } from "../../../kafka/mod.ts";

/** Every property of a broker or controller, of 3.9 and 4.4 together. */
export const BROKER_NAMES: ReadonlySet<string> = new Set(settingNames("broker"));
