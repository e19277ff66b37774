// What a refusal must be: its class or code, its facts, and the names and values that it quotes. The words
// around them are free.

import * as assert from "uvu/assert";
import { isMistake, type UsageError } from "../../sdk/cli/mod.ts";
import { type ErrorCode, type ErrorFacts, LabError } from "../../sdk/model/errors.ts";

type ErrorClass =
  | ErrorConstructor
  | typeof RangeError
  | typeof TypeError
  | typeof SyntaxError
  | typeof UsageError;

/** Facts to be; `undefined` for one that the error must not have. */
type Facts = { readonly [Fact in keyof ErrorFacts]?: ErrorFacts[Fact] | undefined };

/** Asserts that a text has each of these names and values, not as a part of a longer word or number. */
export function assertNames(text: string, names: readonly string[]): void {
  for (const name of names) {
    const literal = name.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
    assert.match(text, new RegExp(`(?<!\\w)${literal}(?!\\w)`), `${name} is not named in: ${text}`);
  }
}

/** Asserts a LabError of this code with these facts, which names these; returns it. */
export function assertLabError(
  error: unknown,
  code: ErrorCode,
  facts: Facts = {},
  names: readonly string[] = [],
): LabError {
  assert.instance(error, LabError, String(error));
  const refused = error as LabError;
  assert.is(refused.code, code, refused.message);
  for (const [name, value] of Object.entries(facts))
    assert.equal(refused.facts[name as keyof ErrorFacts], value, `${name} of ${refused.message}`);
  assertNames(refused.message, names);
  return refused;
}

/**
 * For `assert.throws()`: a LabError of this code, with these facts where they are given, which names these;
 * or an error of this very class that the lab threw (a runtime's own TypeError or RangeError is rejected).
 */
export function refusal(
  kind: ErrorCode | ErrorClass,
  ...given: readonly (Facts | string)[]
): (error: unknown) => true {
  const names = given.filter((one): one is string => typeof one === "string");
  const facts = given.find((one): one is Facts => typeof one !== "string") ?? {};
  return (error) => {
    if (typeof kind === "string") assertLabError(error, kind, facts, names);
    else {
      assert.is((error as Error).constructor, kind, String(error));
      assert.ok(kind === Error || isMistake(error), `not thrown by the lab: ${String(error)}`);
      assertNames((error as Error).message, names);
    }
    return true;
  };
}
