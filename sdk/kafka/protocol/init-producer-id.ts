// InitProducerId, API key 22, version 0 (InitProducerIdRequest.json), without a transaction: a null
// transactional id, and a timeout that has no effect then.

import { Buffer } from "node:buffer";
import type { KafkaRequest } from "./bytes.ts";

export const INIT_PRODUCER_ID: KafkaRequest = {
  api: 22,
  version: 0,
  body: Buffer.from([255, 255, 0, 0, 234, 96]),
};
