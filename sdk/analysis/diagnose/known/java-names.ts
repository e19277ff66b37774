import { settingNames } from "../../../kafka/mod.ts";

const [producer, consumer] = [new Set(settingNames("producer")), new Set(settingNames("consumer"))];

/** Properties that a producer and a consumer have. */
export const JAVA_COMMON: ReadonlySet<string> = new Set([...producer].filter((name) => consumer.has(name)));

/** Properties that only a producer has. */
export const JAVA_PRODUCER: ReadonlySet<string> = new Set(
  [...producer].filter((name) => !consumer.has(name)),
);

/** Properties that only a consumer has. */
export const JAVA_CONSUMER: ReadonlySet<string> = new Set(
  [...consumer].filter((name) => !producer.has(name)),
);
