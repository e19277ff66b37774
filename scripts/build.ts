#!/usr/bin/env -S npx tsx
// Builds dist/, what `npm pack` packs: `npm run build`.
//
//   tsc -p tsconfig.build.json ─▶ dist/sdk, dist/scripts ─▶ data copied ─▶ references completed
//
// dist/ mirrors the repository, so that paths relative to a module hold in both.

import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, rmSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { copyData } from "./build/data.ts";
import { completeReferences } from "./build/references.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const dist = path.join(root, "dist");
const tsc = path.join(root, "node_modules", "typescript", "bin", "tsc");

rmSync(dist, { recursive: true, force: true });
const { status } = spawnSync(process.execPath, [tsc, "-p", path.join(root, "tsconfig.build.json")], {
  stdio: ["ignore", 2, 2], // standard output belongs to `npm pack --json`
});
if (status !== 0) process.exit(status ?? 1);
copyData(root, dist);
completeReferences(dist);
chmodSync(path.join(dist, "scripts", "kafka-failure-lab.js"), 0o755);
cpSync(path.join(root, "compose"), path.join(dist, "compose"), { recursive: true });
