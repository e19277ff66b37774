import { settingNames } from "../../../kafka/mod.ts";
import { AUTHORIZER_DEFAULTS } from "./broker.ts";

/** Every property of a broker or controller, of 3.9 and 4.4 together, and of Kafka's own authorizers. */
export const BROKER_NAMES: ReadonlySet<string> = new Set([
  ...settingNames("broker"),
  ...Object.keys(AUTHORIZER_DEFAULTS),
]);
