// What the tests in the guest share: one lab, what others see of its containers, and tests that have to leave
// everything as it was.
//
//   this machine ──bridge──▶ broker 1 ◀──▶ broker 2
//
// One lab for all tests of a file: brokers take long to start where netem is (see README).

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Lab, type NetFault, startLab } from "@kafka-failure-lab/sdk";
import type { Network } from "@kafka-failure-lab/sdk/testing";
import { docker, reportingFailure } from "../live/outside.ts";

export const PROJECT: string = `lab-netem-${process.pid}`;
const [LISTENER, CONTROLLER] = [9092, 9093];
/** Asked for once: each docker command takes its second here. */
const [ids, addresses] = [new Map<number, string>(), new Map<number, string>()];

export interface InGuest {
  readonly test: ReturnType<typeof suite>;
  readonly lab: Lab;
  readonly network: Network;
  /** What `everything()` was before any fault. */
  readonly quiet: string;
}

/** A suite with a lab; `it` makes a test that has to leave everything as it was. */
export function inGuest(name: string): { guest: InGuest; it(what: string, body: () => Promise<void>): void } {
  const test = suite(name);
  const folder = mkdtempSync(path.join(os.tmpdir(), "lab-netem-test-"));
  const guest = { test } as { -readonly [K in keyof InGuest]: InGuest[K] };
  test.before(
    reportingFailure(async () => {
      guest.lab = await startLab({
        scenario: "test-netem",
        runs: folder,
        compose: [withOtherPorts(folder)],
        project: PROJECT,
        topic: { name: "my_topic", create: false },
        timeout: "10m",
        onProgress: false,
      });
      guest.network = guest.lab.engine.network;
      guest.quiet = everything();
    }),
  );
  test.after(async () => {
    await guest.lab.close();
    rmSync(folder, { recursive: true, force: true });
  });
  // no hook, which would end the whole suite
  const it = (what: string, body: () => Promise<void>): void =>
    void test(what, async () => {
      try {
        await body();
      } finally {
        await guest.network.apply([]);
      }
      assert.is(everything(), guest.quiet, "something was left behind");
    });
  return { guest, it };
}

/** The posted file with other ports on this machine: another test's lab has the posted ones. */
function withOtherPorts(folder: string): string {
  const file = path.join(folder, "as-posted.yml");
  writeFileSync(
    file,
    readFileSync(new URL("../../compose/as-posted.yml", import.meta.url), "utf8")
      .replaceAll(/"909([23]):/g, '"919$1:')
      .replaceAll(/(localhost:)909([23])/g, "$1919$2"),
  );
  return file;
}

export function container(broker: number): string {
  return remembered(ids, broker, () =>
    docker(
      "ps",
      "--all",
      "--quiet",
      "--filter",
      `label=com.docker.compose.project=${PROJECT}`,
      "--filter",
      `label=com.docker.compose.service=${broker === 1 ? "kafka" : "kafka2"}`,
    ).trim(),
  );
}

export function addressOf(broker: number): string {
  return remembered(addresses, broker, () =>
    docker(
      "inspect",
      "--format",
      "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}",
      container(broker),
    ).trim(),
  );
}

/** A container that starts again has another address. */
export function forgetAddresses(): void {
  addresses.clear();
}

function remembered(known: Map<number, string>, broker: number, ask: () => string): string {
  if (!known.has(broker)) known.set(broker, ask());
  return known.get(broker)!;
}

export function inside(broker: number, ...argv: string[]): string {
  return docker("exec", "--user", "root", container(broker), ...argv);
}

export function qdiscs(...options: string[]): string {
  return inside(1, "tc", ...options, "qdisc", "show", "dev", "eth0").trim();
}

export function everything(): string {
  return inside(1, "sh", "-c", "tc qdisc show; iptables -S; echo /sys/class/net/*").trim();
}

export function fault(kind: NetFault["kind"], more: object): NetFault {
  return { kind, broker: 1, path: "all", direction: "out", jitterMs: 0, ...more } as NetFault;
}

/**
 * How long connections to broker 1 take, in milliseconds, the shorter of two: each waits for the answer to
 * its first packet.
 */
function connectMs(from: "here" | "peer", ...ports: number[]): number[] {
  const script =
    `for port in ${ports.join(" ")}; do for n in 1 2; do ` +
    `from=\${EPOCHREALTIME/./}; exec 3<>/dev/tcp/${addressOf(1)}/$port; ` +
    `echo $(((\${EPOCHREALTIME/./} - from) / 1000)); done; done`;
  const out =
    from === "here"
      ? spawnSync("bash", ["-c", script], { encoding: "utf8" }).stdout
      : inside(2, "bash", "-c", script);
  const times = out.trim().split("\n").map(Number);
  return ports.map((_, at) => Math.min(...times.slice(2 * at, 2 * at + 2)));
}

/** Delays of broker 1, and how long connections then take: from here, from its peer on both listeners. */
export type DelayCase = readonly [what: string, faults: readonly NetFault[], expected: readonly number[]];

/** Applies the faults and measures from this machine, and from broker 2 on both listeners. */
export async function assertDelays(network: Network, [, faults, expected]: DelayCase): Promise<void> {
  const { via } = await network.apply([...faults]);
  assert.is(via, "tc netem");
  const tookMs = [...connectMs("here", LISTENER), ...connectMs("peer", LISTENER, CONTROLLER)];
  assert.ok(
    tookMs.every((one, at) => one >= expected[at]! && one < expected[at]! + 140),
    `${tookMs.join(", ")} ms, expected ${expected.join(", ")}`,
  );
  const counts = (await network.counts(1))!;
  assert.ok(counts.acted > 0 && counts.dropped === 0, counts.text);
}
