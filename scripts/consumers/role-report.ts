// The roles of scenario 05: as a table, as JSON, and as the figures of a notebook.

import { type Picture, tableOf } from "@kafka-failure-lab/sdk";
import type { Figure } from "@kafka-failure-lab/sdk/scenario";
import type { RoleOutcome } from "./broker-loss.ts";
import { overWindow } from "./expected.ts";
import { stoodStill, timeFigure } from "./report.ts";

/** The roles of one cluster. */
export interface RoleOutcomes {
  /** Replicas of its topic of offsets. */
  readonly replicas: number;
  readonly outcomes: readonly RoleOutcome[];
}

const WORDS = { true: "as predicted", false: "NOT as predicted", unknown: "inconclusive" } as const;

/** A row a role: predicted and measured. */
export function roleTable(all: readonly RoleOutcomes[]): Picture {
  return tableOf(
    [
      ["offsets", "group", "the broker is", "predicted", "measured", ""],
      ...all.flatMap(({ replicas, outcomes }) =>
        outcomes.map(({ group, role, expected, ms, isOpen, verdict }) => [
          replicas === 1 ? "1 replica" : `${replicas} replicas`,
          group,
          role,
          overWindow(expected),
          stoodStill({ ms, isOpen }),
          WORDS[`${verdict}`],
        ]),
      ),
    ],
    { align: ["left", "left", "left", "left", "right", "left"] },
  );
}

/** As JSON. */
export function roleJson({ replicas, outcomes }: RoleOutcomes): object[] {
  return outcomes.map(({ verdict, ...rest }) => ({ replicas, ...rest, asPredicted: verdict }));
}

/** What comes again in another run. */
export function roleFigures(all: readonly RoleOutcomes[]): Record<string, Figure> {
  return Object.fromEntries(
    all.flatMap(({ replicas, outcomes }) =>
      outcomes.map(({ group, role, expected, ms, isOpen }): [string, Figure] => {
        const title = `${group}, ${role}, ${replicas} of offsets`;
        if (expected.toMs !== Infinity) return [title, timeFigure({ expected, measured: { ms, isOpen } })];
        return [title, { value: "until the broker returns" }];
      }),
    ),
  );
}
