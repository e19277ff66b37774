export { honour, refusals, type Refusal } from "./honour.ts";
export { RECOGNISED_IMAGES, type Convention } from "./image.ts";
export { kafkaServices, otherServices, type KafkaService, type Role } from "./kafka.ts";
export { bothNames, controllerListeners, type Listener, listenersOf, LOOPBACK } from "./listeners.ts";
export { propertiesOverride } from "./override.ts";
export { parseCompose, type ParseOptions } from "./parse.ts";
export type { ComposeProject, ComposeService, ComposeSource, GivenKey, Mount, Place, PublishedPort, ServiceName } from "./project.ts";
export { readCompose, type ReadOptions } from "./read.ts";
