// How a cluster of processes differs from its compose file, a sentence each.

import type { KafkaService } from "../../compose/mod.ts";
import type { Moved } from "./rewrite.ts";
import type { ClassData, JavaChoice, SuppliedKafka } from "./supply/mod.ts";

/** What a cluster was made of. */
export interface Differing {
  moved: readonly Moved[];
  kafka: SuppliedKafka;
  archive: ClassData;
  services: readonly KafkaService[];
  hasOwnPorts?: boolean | undefined;
}

export function differencesOf(
  { moved, kafka, archive, services, hasOwnPorts }: Differing,
  { passedOver }: Pick<JavaChoice, "passedOver">,
): string[] {
  const why = archive.path === undefined ? archive.reason : "";
  const slow = `no class-data archive: ${why}; brokers start slower`;
  return [
    ...new Set([
      ...(passedOver === undefined ? [] : [passedOver]),
      ...(kafka.differs === undefined ? [] : [kafka.differs]),
      ...moved.flatMap((one) => one.differs),
      ...(archive.path === undefined ? [slow] : []),
      ...(hasOwnPorts ? ownPorts(services) : []),
    ]),
  ];
}

function ownPorts(services: readonly KafkaService[]): string[] {
  const published = services.flatMap(({ ports }) => ports.flatMap((one) => one.published ?? []));
  if (published.length === 0) return [];
  return [
    `clients use ports of this lab alone, not ${published.join(", ")}: a program that dials those for ` +
      "another lab does not reach this one",
  ];
}
