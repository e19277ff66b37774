// What a container adds: volumes, mounted configuration, published ports.

import type { ComposeService, PublishedPort } from "../../../compose/mod.ts";
import type { Problem, Rule } from "../finding.ts";
import { alsoIn } from "../fix.ts";
import { listOf, type Location, type Setting } from "../setting.ts";
import { contained } from "./contained.ts";
import { onVolume } from "./data-folders.ts";
import { anotherPort } from "./port-fixes.ts";
import { onePerPlace } from "./words.ts";

export const containerRules: readonly Rule[] = [
  {
    id: "data-in-container",
    severity: "note",
    title: "the data is not on a named volume",
    source:
      "Docker compose: down removes containers, and leaves anonymous volumes behind that the next up " +
      "does not take again",
    check: ({ cluster }) => {
      // pods have a rule of their own
      const inCompose = contained(cluster?.nodes).filter(({ container }) => container.isPod !== true);
      const nodes = inCompose.filter(({ container, settings }) =>
        listOf(settings.of("log.dirs").value).some(
          (dir) =>
            !container.service.mounts.some(
              ({ kind, source, target }) =>
                (kind === "bind" || (kind === "volume" && source !== null) || kind === "other") &&
                `${dir}/`.startsWith(`${target.replace(/\/$/, "")}/`),
            ),
        ),
      );
      const [first] = nodes;
      if (first === undefined) return [];
      const dir = listOf(first.settings.of("log.dirs").value)[0]!;
      const [fix, ...others] = nodes.map(onVolume);
      return [
        {
          settings: onePerPlace(nodes.map(({ settings }) => settings.of("log.dirs"))),
          happens:
            `${dir} is not on a named volume: docker stop and start keep the data, \`docker compose ` +
            "down` or a new image loses it, and with it every topic.",
          fix: alsoIn(fix!, others),
        },
      ];
    },
  },
  {
    id: "configuration-elsewhere",
    severity: "note",
    title: "the settings are in a file that was not given",
    source:
      "apache/kafka: docker/resources/common-scripts (files of /mnt/shared/config are used instead of " +
      "the bundled ones)",
    check: ({ unread }) =>
      unread.map((mount) => ({
        settings: [mount],
        happens:
          `This service takes its configuration from ${mount.value}, which was not given, so its node ` +
          "is not diagnosed.",
        fix: "also give the mounted server.properties",
      })),
  },
  {
    id: "port-clash",
    severity: "error",
    title: "two services publish the same host port",
    source: 'Docker: "port is already allocated"',
    check: (facts) => {
      const { compose, isFurther } = facts;
      if (isFurther === true) return [];
      const all = (compose?.services ?? []).flatMap((service) =>
        service.ports.filter(({ published }) => published !== null).map((port) => ({ service, port })),
      );
      const publishers = publishersOf();
      return all.flatMap(({ service, port }): Problem[] => {
        const other = publishers.add(service, port);
        if (other === undefined) return [];
        const basis = [service, other].map(
          ({ keys, location }): Setting => ({
            key: "ports",
            written: "ports",
            value: `${port.published}`,
            origin: "file",
            location: placeOf(keys.find(({ key }) => key === "ports")?.location ?? location),
          }),
        );
        return [
          {
            settings: basis,
            happens:
              `${other.service} and ${service.service} both publish port ${port.published} of the host: ` +
              'the second does not start ("port is already allocated").',
            fix: anotherPort(facts, service, port),
          },
        ];
      });
    },
  },
];

function placeOf({ file, line }: { file: string; line: number }): Location {
  return { file, line: Math.max(line, 1), column: 1 };
}

// For each address of a port the first two services that publish it: at least one is another than the caller.
function publishersOf(): { add(service: ComposeService, port: PublishedPort): ComposeService | undefined } {
  const known = new Map<string, ComposeService[]>();
  return {
    add(service, { published, protocol, hostIp }) {
      const keyOf = (ip: string): string => `${published}/${protocol}/${ip}`;
      const clashing = hostIp === null ? [keyOf("any")] : [keyOf(hostIp), keyOf("all")];
      const other = clashing.flatMap((key) => known.get(key) ?? []).find((one) => one !== service);
      for (const key of [keyOf("any"), keyOf(hostIp ?? "all")]) {
        const services = known.get(key) ?? [];
        if (services.length < 2 && !services.includes(service)) known.set(key, [...services, service]);
      }
      return other;
    },
  };
}
