// The brokers' timers for groups of KIP-848: where they contradict each other, a broker does not start.

import type { Node } from "../facts.ts";
import type { Problem, Rule } from "../finding.ts";
import { setOn, settingOf } from "./words.ts";

const HEARTBEAT = "group.consumer.heartbeat.interval.ms";
const SESSION = "group.consumer.session.timeout.ms";
const RANGES: readonly (readonly [least: string, value: string, most: string])[] = [
  ["group.consumer.min.session.timeout.ms", SESSION, "group.consumer.max.session.timeout.ms"],
  ["group.consumer.min.heartbeat.interval.ms", HEARTBEAT, "group.consumer.max.heartbeat.interval.ms"],
];

export const groupCoordinatorRules: readonly Rule[] = [
  {
    id: "group-consumer-timers",
    severity: "error",
    title: "the brokers' timers for groups contradict each other",
    source:
      "Kafka: GroupCoordinatorConfig (KIP-848), tried with 3.9.2 and 4.4.0; a heartbeat interval that " +
      "is not below the session only in 4.4.0",
    check: (facts) => {
      const nodes = facts.cluster?.brokers ?? [];
      const [pair] = pairs().flatMap(([low, high, isStrict]) => {
        const wrong = nodes.filter(({ settings }) => {
          const [a, b] = [settings.number(low), settings.number(high)];
          return isStrict ? a >= b : a > b;
        });
        return wrong.length === 0 ? [] : [{ wrong, low, high, isStrict }];
      });
      return pair === undefined ? [] : [refused(pair)];
    },
  },
];

interface Refused {
  readonly wrong: readonly Node[];
  readonly low: string;
  readonly high: string;
  readonly isStrict: boolean;
}

/** What must not be above what; or, strictly, must be below it. */
function pairs(): (readonly [low: string, high: string, isStrict: boolean])[] {
  return [
    ...RANGES.flatMap(([least, value, most]) => [
      [least, most, false] as const,
      [least, value, false] as const,
      [value, most, false] as const,
    ]),
    [HEARTBEAT, SESSION, true],
  ];
}

function refused({ wrong, low, high, isStrict }: Refused): Problem {
  const first = wrong[0]!;
  const [a, b] = [first.settings.of(low), first.settings.of(high)];
  // the one that somebody has written is the one that is wrong
  const key = a.origin === "default" ? high : low;
  return {
    settings: [...settingOf(wrong, key), ...settingOf(wrong, key === low ? high : low)],
    happens:
      `${first.name} does not start: ${high} (${b.value}) must be ` +
      `${isStrict ? "greater than" : "at least"} ${low} (${a.value}).`,
    fix: setOn(wrong, key, fitting(first, key)),
  };
}

/** The value that fits all others: a lower limit at most the least of what is above it, and the reverse. */
function fitting({ settings }: Node, key: string): number {
  const above = pairs().filter(([low]) => low === key);
  const below = pairs().filter(([, high]) => high === key);
  const most = Math.min(
    ...above.map(([, high, isStrict]) => settings.number(high) / (isStrict ? 3 : 1)).map(Math.floor),
  );
  const least = Math.max(...below.map(([low, , isStrict]) => settings.number(low) * (isStrict ? 3 : 1)));
  return Number.isFinite(least) ? Math.max(least, Math.min(settings.number(key), most)) : most;
}
