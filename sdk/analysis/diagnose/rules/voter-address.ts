// The addresses in controller.quorum.voters.

import { LOOPBACK } from "../../../compose/mod.ts";
import type { Problem, Rule } from "../finding.ts";
import type { Setting } from "../setting.ts";
import { list } from "./words.ts";

const VOTERS = "controller.quorum.voters";

export const voterAddressRules: readonly Rule[] = [
  {
    id: "voter-address",
    severity: "error",
    title: "a voter's address is not that of its node",
    source: "Kafka: controller.quorum.voters, the address is dialled from every other node (ops.html, KRaft)",
    check: ({ cluster }) => {
      if (cluster === null) return [];
      const inContainers = cluster.nodes.filter(({ container }) => container !== null);
      return inContainers.flatMap((node) =>
        node.voters.flatMap((voter): Problem[] => {
          const target = inContainers.find(({ nodeId }) => nodeId === voter.id);
          const setting: Setting = node.settings.of(VOTERS);
          if (inContainers.length < 2 || target === undefined || target.container === null) return [];
          if (LOOPBACK.has(voter.host) && target !== node) {
            return [
              {
                settings: [setting],
                happens:
                  `${node.name} connects to voter ${voter.id} at ${voter.host}, which within a ` +
                  `container is the container itself: it never reaches ${target.name}, and there is no ` +
                  "quorum.",
                fix: `${voter.id}@${target.name}:${voter.port}`,
              },
            ];
          }
          const ports = target.listeners
            .filter(({ name }) => target.controllerNames.includes(name))
            .map(({ port }) => port);
          if (
            !target.container.names.includes(voter.host) ||
            ports.length === 0 ||
            ports.includes(voter.port)
          )
            return [];
          return [
            {
              settings: [setting],
              happens:
                `${node.name} connects to voter ${voter.id} at port ${voter.port}, but ${target.name}'s ` +
                `controller listener is at ${list(ports.map(String))}: the voter is never reached.`,
              fix: `${voter.id}@${voter.host}:${ports[0]}`,
            },
          ];
        }),
      );
    },
  },
];
