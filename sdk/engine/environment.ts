// The lab's own environment variables, each read and checked in one place; empty is as if it were not set.

import { LabError } from "../model/errors.ts";
import type { Env } from "../runtime/env.ts";
import { wrongRelease } from "../kafka/mod.ts";

const ENGINES = ["auto", "local", "docker"] as const;
/** "none" is as if neither were installed. */
const COMPOSES = ["v1", "v2", "none"] as const;

/** LAB_ENGINE: which engine runs the brokers. @throws LabError BAD_ENVIRONMENT */
export function labEngine(env: Env): (typeof ENGINES)[number] | undefined {
  return oneOf(env, "LAB_ENGINE", ENGINES);
}

/** LAB_COMPOSE: which docker compose is taken. @throws LabError BAD_ENVIRONMENT */
export function labCompose(env: Env): (typeof COMPOSES)[number] | undefined {
  return oneOf(env, "LAB_COMPOSE", COMPOSES);
}

/** LAB_KAFKA: a Kafka version in place of the compose files'. @throws LabError BAD_ENVIRONMENT */
export function labKafka(env: Env): string | undefined {
  const value = env["LAB_KAFKA"] || undefined;
  const why = value === undefined ? undefined : wrongRelease(value);
  if (why !== undefined) throw bad("LAB_KAFKA", value!, why);
  return value;
}

/** LAB_VERIFY: whether every jar's sum is taken. @throws LabError BAD_ENVIRONMENT */
export function labVerify(env: Env): boolean {
  return oneOf(env, "LAB_VERIFY", ["1", "0"]) === "1";
}

/**
 * LAB_CLIENTS_THREAD: `off` lets kafkajs clients run in the lab's own thread, where a debugger stops at them.
 *
 * @throws LabError BAD_ENVIRONMENT
 */
export function labClientsThread(env: Env): boolean {
  return oneOf(env, "LAB_CLIENTS_THREAD", ["on", "off"]) !== "off";
}

function oneOf<Word extends string>(env: Env, name: string, words: readonly Word[]): Word | undefined {
  const value = env[name] || undefined;
  const word = words.find((one) => one === value);
  if (value !== undefined && word === undefined) throw bad(name, value, `expected ${words.join(", ")}`);
  return word;
}

function bad(name: string, value: string, why: string): LabError {
  return new LabError("BAD_ENVIRONMENT", `Cannot use ${name}=${JSON.stringify(value)}: ${why}`, {
    hint: `It is an environment variable: unset ${name}, or set it to one of what is expected.`,
  });
}
