// What is said of a Docker that could not be looked at: fake docker commands stand in for its daemons.

import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { unreached } from "../../sdk/lab/clean.ts";
import { findCli } from "../../sdk/engine/docker/mod.ts";
import { LabError } from "../../sdk/model/errors.ts";

const test = suite("clean");
const folder = mkdtempSync(path.join(os.tmpdir(), "clean-test-"));
test.after(() => rmSync(folder, { recursive: true, force: true }));

/** A path on which docker ends with 1 and says that; with nothing to say there is no docker. */
function pathOf(said: string | undefined): string {
  const bin = mkdtempSync(path.join(folder, "bin-"));
  if (said === undefined) return bin;
  writeFileSync(path.join(bin, "docker"), `#!/bin/sh\necho '${said}' >&2\nexit 1\n`);
  chmodSync(path.join(bin, "docker"), 0o755);
  return bin;
}

for (const [what, docker, env, said] of [
  ["nothing where there is no docker command", undefined, {}, []],
  [
    "that a user may not open the socket",
    "permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock",
    {},
    ["Docker was not checked: this user may not open the Docker daemon's socket"],
  ],
  [
    "that no daemon answers",
    "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
    {},
    ["Docker was not checked: no Docker daemon answers"],
  ],
  [
    "words never heard",
    "the moon is full",
    {},
    ["Docker was not checked: the command exited with 1 (the moon is full)"],
  ],
  [
    "that the daemon is on another machine",
    "",
    { DOCKER_HOST: "ssh://me@elsewhere" },
    [
      "Docker was not checked: the ports that the daemon at ssh://me@elsewhere publishes are not this " +
        "machine's",
    ],
  ],
] as const) {
  test(`unreached() tells ${what}`, async () => {
    const error: unknown = await findCli({ env: { PATH: pathOf(docker), ...env } }).then(
      () => undefined,
      (e: unknown) => e,
    );
    assert.equal(unreached(error), [...said]);
  });
}

test("unreached() tells that a daemon hangs", () => {
  assert.equal(
    unreached(
      new LabError("NO_ENGINE", "Cannot reach Docker: no answer within 10 s", {
        hint: "Does the Docker daemon hang?",
      }),
    ),
    ["Docker was not checked: no answer within 10 s"],
  );
});
test("unreached() tells nothing of what is no error of the lab", () =>
  assert.throws(() => unreached(new TypeError("x")), TypeError));

test.run();
