// Static members: each needs a group.instance.id of its own.

import type { Client, Facts } from "../facts.ts";
import type { Problem, Rule } from "../finding.ts";
import type { Setting } from "../setting.ts";
import { isOneProgram, mayMeet } from "./assignors.ts";
import { consumers, groupOf, isClassic, isUnknown } from "./consumers.ts";
import { withEarlier } from "./words.ts";

const ID = "group.instance.id";

export const staticMemberRules: readonly Rule[] = [
  {
    id: "group-instance-id-shared",
    severity: "error",
    title: "several consumers have one group.instance.id",
    source:
      "Kafka: KIP-345 (FENCED_INSTANCE_ID; UNRELEASED_INSTANCE_ID in the protocol of KIP-848); " +
      "librdkafka: a fatal error (rdkafka_cgrp.c)",
    check: (facts) => [...scaled(facts), ...withEarlier(consumers(facts), twice)],
  },
];

function idOf({ kind, settings: { given } }: Client): Setting | null {
  const id = kind === "kafkajs" ? undefined : given.get(ID);
  return id === undefined || id.value.trim() === "" || isUnknown(id) ? null : id;
}

function scaled(facts: Facts): Problem[] {
  return consumers(facts).flatMap((client): Problem[] => {
    const { instances, settings } = client;
    const id = idOf(client);
    if (id === null || instances === undefined || instances.count < 2) return [];
    return [
      {
        settings: [id, instances.setting],
        happens: `${instances.count} instances have ${ID}=${id.value}: ${
          isClassic(client)
            ? "each that joins throws out the one before (FENCED_INSTANCE_ID), whose consumer fails for good."
            : "only one of them can be in the group, the others are rejected (UNRELEASED_INSTANCE_ID)."
        }`,
        fix: settings.remove(ID),
      },
    ];
  });
}

function twice(client: Client, earlier: Client): Problem[] {
  const [id, other] = [idOf(client), idOf(earlier)];
  if (id === null || other === null || id.value.trim() !== other.value.trim()) return [];
  const [group, others] = [groupOf(client), groupOf(earlier)];
  if (group === null || group.value.trim() !== others?.value.trim()) return [];
  if (isOneProgram(client, earlier) || !mayMeet(client, earlier)) return [];
  return [
    {
      settings: [id, other],
      happens:
        `Both are of the group ${group.value.trim()} with ${ID}=${id.value}: the one that joins second ` +
        (isClassic(client)
          ? "throws out the first (FENCED_INSTANCE_ID), whose consumer fails for good."
          : "is rejected while the first is a member (UNRELEASED_INSTANCE_ID)."),
      fix: client.settings.set(ID, `${id.value.trim()}-2`),
    },
  ];
}
