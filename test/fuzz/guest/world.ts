// The machine as the target sees it: a home, a temporary folder, a working directory, and no programs.
//
//   <root>/home/  tmp/  run/  cwd/  bin/  java/  kafka/    made anew for each input

import { Buffer } from "node:buffer";
import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import type { Text } from "../job.ts";

export interface World {
  readonly root: string;
  readonly cwd: string;
  /** Makes everything as it was at the start, with these files in the working directory. */
  reset(files?: Readonly<Record<string, Text>>, env?: Readonly<Record<string, string>>): void;
  /** Every path beneath the root that was not there after the reset. */
  added(): string[];
}

/** Before the effects are watched: what this makes is no effect of the target. */
export function makeWorld(root: string): World {
  const real = { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync };
  const at = (name: string): string => path.join(root, name);
  const cwd = at("cwd");
  let before = new Set<string>();
  const list = (): string[] => real.readdirSync(root, { recursive: true, encoding: "utf8" });
  const write = (file: string, text: string | Uint8Array, mode = 0o644): void => {
    real.mkdirSync(path.dirname(file), { recursive: true });
    real.writeFileSync(file, text);
    real.chmodSync(file, mode);
  };
  return {
    root,
    cwd,
    reset(files = {}, env = {}) {
      for (const name of real.readdirSync(root)) real.rmSync(at(name), { recursive: true, force: true });
      for (const name of ["home", "tmp", "cwd", "bin"]) real.mkdirSync(at(name), { recursive: true });
      real.mkdirSync(at("run"), { mode: 0o700 });
      write(at("java/bin/java"), "#!/bin/sh\nexit 1\n", 0o755);
      write(at("java/release"), 'JAVA_VERSION="17.0.15"\n');
      write(at("java/lib/jvm.cfg"), "-server KNOWN\n");
      write(at("kafka/libs/kafka_2.13-3.9.2.jar"), "");
      real.mkdirSync(at("home/.cache/kafka-failure-lab/format/3.9.2"), { recursive: true });
      for (const [name, text] of Object.entries(files)) write(path.resolve(cwd, name), written(text));
      process.chdir(cwd);
      setEnvironment(at, env);
      before = new Set(list());
    },
    added: () => list().filter((one) => !before.has(one)),
  };
}

/** Nothing of this machine's environment is left. */
function setEnvironment(at: (name: string) => string, more: Readonly<Record<string, string>>): void {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, {
    HOME: at("home"),
    PATH: at("bin"),
    TMPDIR: at("tmp"),
    XDG_RUNTIME_DIR: at("run"),
    JAVA_HOME: at("java"),
    LAB_JAVA_FOLDERS: "",
    KAFKA_HOME: at("kafka"),
    LAB_ENGINE: "local",
    LAB_CLIENTS_THREAD: "off", // it would be compiled anew in each world
    NO_COLOR: "1",
    ...more,
  });
}

/** A lone surrogate of a JavaScript string is three bytes that are no UTF-8. */
function written(text: Text): Uint8Array {
  return Buffer.from(
    textOf(text).replace(/^base64:/, ""),
    typeof text === "string" && text.startsWith("base64:") ? "base64" : "utf8",
  );
}

/** The text that a recipe tells. */
export function textOf(text: Text): string {
  if (typeof text === "string") return text;
  return text
    .map((part) =>
      typeof part === "string"
        ? part
        : part.repeat.includes("{n}")
          ? Array.from({ length: part.times }, (_, i) => part.repeat.replaceAll("{n}", String(i))).join("")
          : part.repeat.repeat(part.times),
    )
    .join("");
}
