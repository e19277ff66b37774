import { spawn } from "node:child_process";
import { mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import process from "node:process";
import { brokerFlags, bootstrapCheckpoint, cacheFolder, classDataArchive, findJava, formatLogDir, randomId, supplyKafka } from "../sdk/engine/local/supply/mod.ts";
import { openWire } from "../sdk/client/wire.ts";
import { consumption } from "./consumption.ts";
const env = process.env; const java = await findJava({ env }); const kafka = await supplyKafka({ version: "3.9.2", env }); const cache = cacheFolder(env);
const archive = await classDataArchive({ java, kafka, cache, marker: "-Dx=y" }); const boot = await bootstrapCheckpoint({ java, kafka, cache, env });
let n = 0;
async function one(flags: string[], props: Record<string, string>, drop: string[] = []) {
  const dir = `/tmp/exp/${process.pid}-${n++}`; mkdirSync(dir, { recursive: true });
  const p1 = 21000 + Math.floor(Math.random() * 5000) * 2, p2 = p1 + 1;
  await formatLogDir({ dir: `${dir}/data`, clusterId: randomId(), nodeId: 1, bootstrap: boot });
  const all: Record<string, string> = { "node.id": "1", "process.roles": "broker,controller", "controller.quorum.voters": `1@127.0.0.1:${p2}`, "controller.listener.names": "CONTROLLER", listeners: `PLAINTEXT://127.0.0.1:${p1},CONTROLLER://127.0.0.1:${p2}`, "advertised.listeners": `PLAINTEXT://127.0.0.1:${p1}`, "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT", "log.dirs": `${dir}/data`, "log.cleaner.dedupe.buffer.size": "2097152", ...props };
  writeFileSync(`${dir}/s.properties`, Object.entries(all).map(([k, v]) => `${k}=${v}\n`).join(""));
  const log = openSync(`${dir}/log`, "a");
  const base = brokerFlags({ archive: archive.path, logging: kafka.logging }).filter((f) => !drop.some((d) => f.startsWith(d)));
  const began = performance.now();
  const child = spawn(java.path, [...base, ...flags, "-cp", kafka.classPath.join(":"), "kafka.Kafka", `${dir}/s.properties`], { cwd: dir, stdio: ["ignore", log, log] });
  process.once("exit", () => child.kill("SIGKILL"));
  const wire = openWire(`127.0.0.1:${p1}`);
  while (true) { const m = await wire.metadata(null, 1000).catch(() => undefined); if (m !== undefined && m.brokers.length > 0) break; if (child.exitCode !== null) { console.log(readFileSync(`${dir}/log`, "utf8").slice(-600)); break; } await new Promise((r) => setTimeout(r, 20)); }
  const s = (performance.now() - began) / 1000; const c = consumption([child.pid!]); wire.close(); child.kill("SIGKILL"); await new Promise((r) => child.once("exit", r));
  const text = readFileSync(`${dir}/log`, "utf8"); rmSync(dir, { recursive: true, force: true });
  return { s, cpu: c.cpuSeconds, mb: c.residentMb, text };
}
const variants: [string, string[], Record<string, string>, string[]?][] = JSON.parse(readFileSync(process.argv[2]!, "utf8"));
const runs = Number(process.argv[3] ?? 5); const got = variants.map(() => [] as { s: number; cpu: number; mb: number; text: string }[]);
for (let r = 0; r < runs; r++) for (const [i, v] of variants.entries()) got[i]!.push(await one(v[1], v[2], v[3]));
const med = (a: number[]) => [...a].sort((x, y) => x - y)[Math.floor(a.length / 2)]!;
for (const [i, v] of variants.entries()) console.log(v[0].padEnd(28), "cpu", med(got[i]!.map((x) => x.cpu)).toFixed(2), "min", Math.min(...got[i]!.map((x) => x.cpu)).toFixed(2), "wall", med(got[i]!.map((x) => x.s)).toFixed(2), "min", Math.min(...got[i]!.map((x) => x.s)).toFixed(2), "MB", med(got[i]!.map((x) => x.mb)).toFixed(0), v[0].startsWith("gc") ? "\n" + got[i]![0]!.text.split("\n").filter((l) => l.includes("Pause")).join("\n") : "");
