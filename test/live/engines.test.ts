// The table of docs/engines.md, row by row, on the engine that this process's labs use.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { once } from "node:events";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type LabError, startLab } from "@kafka-failure-lab/sdk";
import { brokerProcesses, claimedPorts, containerIds, docker, isDocker, leftovers } from "./outside.ts";

const test = suite("engines");
const folder = mkdtempSync(path.join(os.tmpdir(), "lab-engines-"));
test.after(() => rmSync(folder, { recursive: true, force: true }));
const options = {
  scenario: "test-engines",
  runs: folder,
  compose: ["one-broker"],
  timers: "fast",
  onProgress: false,
} as const;
const one = readFileSync(new URL("../../compose/one-broker.yml", import.meta.url), "utf8");

const rows = new Map(
  readFileSync(new URL("../../docs/engines.md", import.meta.url), "utf8")
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .map((line) => {
      const [what, local, inDocker] = line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim());
      return [what!, isDocker ? inDocker! : local!];
    }),
);
const documented = (row: string): string => rows.get(row) ?? (assert.unreachable(`no row ${row}`) as never);

test("stop, kill, pause and heal are done as the table says", async () => {
  await using lab = await startLab(options);
  const healed = (id: string): string | undefined =>
    lab.run.history.flatMap((event) => (event.kind === "heal" && event.id === id ? [event.via] : []))[0];
  const stopped = await lab.cluster.stop(1);
  assert.is(stopped.via, documented("stop"));
  await lab.cluster.start(1);
  const killed = await lab.cluster.kill(1);
  assert.is(killed.via, documented("kill"));
  assert.is(
    `${stopped.exits[1]!.code}, ${killed.exits[1]!.code}`,
    documented("exit code of a stop, of a kill"),
  );
  await lab.cluster.start(1);
  const paused = await lab.cluster.pause(1);
  assert.is(paused.via, documented("pause"));
  await paused.heal();
  assert.is(healed(paused.id), documented("heal of a pause"));
  const ports = claimedPorts(brokerProcesses(process.pid)[0]!.lab);
  assert.is(
    ports.length,
    documented("ports on this machine") === "every listener's, and the link's before it" ? 6 : 1,
  );
});

test("a published port that is taken", async () => {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as net.AddressInfo;
  const file = path.join(folder, "taken.yml");
  // a port of its own: other tests' labs have the usual one
  writeFileSync(file, one.replaceAll("29091", String(port)));
  try {
    if (documented("a published port that is taken") === "PORT_TAKEN") {
      assert.is(
        ((await startLab({ ...options, compose: [file] }).catch((error: unknown) => error)) as LabError).code,
        "PORT_TAKEN",
      );
    } else {
      await using lab = await startLab({ ...options, compose: [file] });
      assert.ok(
        lab.differs.some((line) => line.includes(`port ${port} is taken`)),
        lab.differs.join("\n"),
      );
    }
  } finally {
    server.close();
  }
  assert.equal(leftovers(process.pid), []);
});

test("services that are not Kafka, and flags for Java", async () => {
  const file = path.join(folder, "with-tool.yml");
  writeFileSync(
    file,
    one.replace(
      "\nvolumes:",
      `      KAFKA_HEAP_OPTS: -Xms96m -Xmx320m
      KAFKA_JVM_PERFORMANCE_OPTS: -XX:+UseG1GC
      KAFKA_OPTS: -Dlabtest=here -Dcom.sun.management.jmxremote.local.only=true
  tool:
    image: apache/kafka:3.9.2
    entrypoint: ["sleep", "600"]

volumes:`,
    ),
  );
  await using lab = await startLab({ ...options, compose: [file] });
  if (documented("services that are not Kafka") === "started")
    assert.match(docker("ps", "--format", '{{.Label "com.docker.compose.service"}}'), /^tool$/m);
  else assert.ok(lab.differs.some((line) => /not started.*tool/.test(line)));
  assert.is(
    lab.differs.some((line) =>
      /KAFKA_OPTS -Dcom\.sun\.management\.jmxremote\.local\.only has no effect/.test(line),
    ),
    documented("flags for Java that need the container") !== "Java has them",
  );
  const flags = commandLine();
  for (const flag of ["-Xms96m", "-Xmx320m", "-XX:+UseG1GC", "-Dlabtest=here"])
    assert.ok(flags.includes(flag), `${flag} is not in ${flags.join(" ")}`);
  assert.is(
    flags.includes("-Dcom.sun.management.jmxremote.local.only=true"),
    documented("flags for Java that need the container") === "Java has them",
  );
  // of the local engine's own flags, none takes the place of one that the file has
  if (!isDocker)
    assert.equal(
      flags.filter((flag) => /^-Xm|GC$|^-Dlabtest|jmxremote/.test(flag)),
      ["-Xms96m", "-Xmx320m", "-XX:+UseG1GC", "-Dlabtest=here"],
    );
});

/** The words of the only broker's command line, as `ps` or `docker top` shows it. */
function commandLine(): string[] {
  const [broker] = brokerProcesses(process.pid);
  const id = isDocker ? containerIds(process.pid, "label=com.docker.compose.service=kafka-1")[0]! : "";
  const text = isDocker
    ? docker("top", id, "-eww", "-o", "pid,args")
    : execFileSync("ps", ["-ww", "-o", "args=", "-p", String(broker!.pid)], { encoding: "utf8" });
  return text.split(/\s+/);
}

test("a key that the local engine cannot honour", async () => {
  const file = path.join(folder, "with-limit.yml");
  writeFileSync(file, one.replace("    cap_add", "    stop_signal: SIGINT\n    cap_add"));
  const outcome = await startLab({ ...options, compose: [file] }).then(
    async (lab) => (await lab.close(), "compose does it"),
    (error: LabError) => error.code,
  );
  assert.ok(documented("`container_name`, `command`, `build` and the like").startsWith(outcome), outcome);
});
test.run();
