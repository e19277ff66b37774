// One Kafka node from its properties, however they were written.

import { interBrokerListener, listenersOf, type Listener, type Role, votersOf } from "../../compose/mod.ts";
import { LabError } from "../../errors.ts";
import type { Container, Node, Version } from "../facts.ts";
import { listOf, numberOf, type Settings } from "../setting.ts";

/** Reads what rules need of a node; what cannot be read is left out here, and a rule tells of it. */
export function nodeOf(
  name: string,
  settings: Settings,
  version: Version,
  container: Container | null,
): Node {
  const text = (key: string): string => settings.given.get(key)?.value ?? "";
  const roles = listOf(text("process.roles")).filter(
    (role): role is Role => role === "broker" || role === "controller",
  );
  const isKraft = text("process.roles") !== "";
  const id = numberOf(text("node.id") || text("broker.id"));
  const listeners = parsed(name, settings.of("listeners").value);
  const given = parsed(name, text("advertised.listeners"));
  const controllerNames = listOf(text("controller.listener.names"));
  const advertised =
    given.length > 0 ? given : listeners.filter((listener) => !controllerNames.includes(listener.name));
  return {
    name,
    settings,
    roles: isKraft ? roles : ["broker"],
    isKraft,
    nodeId: Number.isInteger(id) && id >= 0 ? id : null,
    voters: votersOf(text("controller.quorum.voters")),
    listeners,
    advertised,
    controllerNames,
    interBroker: interBrokerListener({
      name: settings.of("inter.broker.listener.name").value,
      protocol: settings.of("security.inter.broker.protocol").value,
      advertised,
    }),
    version,
    container,
  };
}

/** The version that a text names: its first two numbers. */
export function versionOfText(text: string): Version {
  const [, major, minor] = /^(\d+)(?:\.(\d+))?/.exec(text) ?? [];
  return { text, number: major === undefined ? null : [Number(major), Number(minor ?? 99)] };
}

function parsed(service: string, text: string): Listener[] {
  try {
    return listenersOf({ service, properties: { listeners: text } }, "listeners").map((listener) => ({
      ...listener,
      host: listener.host.replace(/^\[|\]$/g, ""),
    }));
  } catch (error) {
    if (error instanceof LabError) return [];
    throw error;
  }
}
