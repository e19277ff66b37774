import { test } from "uvu";
import * as assert from "uvu/assert";
import { exitOf, letGo } from "../../sdk/engine/exit.ts";

const DOWN =
  "[2026-01-01 00:00:01,000] INFO [BrokerServer id=1] Transition from SHUTTING_DOWN to " +
  "SHUTDOWN (kafka.server.BrokerServer)\n";
const ASKED =
  "[2026-01-01 00:00:00,900] INFO [BrokerLifecycleManager id=1] The controller has " +
  "asked us to exit controlled shutdown. (kafka.server.BrokerLifecycleManager)\n";

for (const [what, log, expected] of [
  ["the controller's word", ASKED + DOWN, true],
  ["an end without it", DOWN, false],
  [
    "a log that breaks off",
    "[2026-01-01 00:00:00,000] INFO Terminating process due to signal SIGTERM\n",
    "unknown",
  ],
] as const) {
  test(`letGo() takes ${what} for ${expected}`, () => assert.is(letGo(log), expected));
}
for (const [code, known, expected] of [
  [143, true, { code: 143, clean: true, text: "exit 143, controlled shutdown" }],
  [
    143,
    false,
    { code: 143, clean: false, text: "exit 143, ended on SIGTERM, controlled shutdown not granted" },
  ],
  [
    143,
    "unknown",
    {
      code: 143,
      clean: "unknown",
      text: "exit 143, ended on SIGTERM, its log does not show whether controlled shutdown was granted",
    },
  ],
  [137, true, { code: 137, clean: false, text: "exit 137, killed" }],
  [1, "unknown", { code: 1, clean: false, text: "exit 1, ended by itself" }],
] as const) {
  test(`exitOf(${code}, ${known})`, () => assert.equal(exitOf(code, known), expected));
}
test.run();
