// One Kafka node from its properties, however they were written.

import { interBrokerListener, type Listener, type Role, type Voter } from "../../../compose/mod.ts";
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
  const roles = rolesOf(text("process.roles"), settings);
  const isKraft = text("process.roles") !== "";
  const id = numberOf(text("node.id") || text("broker.id"));
  const listeners = listenersIn(settings.of("listeners").value);
  const given = listenersIn(text("advertised.listeners"));
  const controllerNames = listOf(text("controller.listener.names"));
  const advertised =
    given.length > 0 ? given : listeners.filter((listener) => !controllerNames.includes(listener.name));
  return {
    name,
    settings,
    roles: isKraft ? roles : ["broker"],
    isKraft,
    nodeId: Number.isInteger(id) && id >= 0 ? id : null,
    voters: listOf(text("controller.quorum.voters")).flatMap(voterOf),
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

/** A node whose roles Kafka refuses may be meant for both. */
function rolesOf(text: string, { refused }: Settings): Role[] {
  if (refused.some(({ setting }) => setting.key === "process.roles")) return ["broker", "controller"];
  return listOf(text).filter((role): role is Role => role === "broker" || role === "controller");
}

// A port or an id that is out of range has a rule; names and hosts beside it are looked at all the same.

function listenersIn(text: string): Listener[] {
  const listeners = listOf(text).map(listenerOf);
  return listeners.some((found) => found.length === 0) ? [] : listeners.flat();
}

function listenerOf(text: string): Listener[] {
  const [, name, host = "", port] = /^([^:]+):\/\/(.*):(\d{1,9})$/.exec(text) ?? [];
  return name === undefined ? [] : [{ name, host: withoutBrackets(host), port: Number(port) }];
}

function voterOf(text: string): Voter[] {
  const [, id, host = "", port] = /^(\d{1,15})@(.+):(\d{1,9})$/.exec(text) ?? [];
  return id === undefined ? [] : [{ id: Number(id), host: withoutBrackets(host), port: Number(port) }];
}

function withoutBrackets(host: string): string {
  return host.replace(/^\[|\]$/g, "");
}
