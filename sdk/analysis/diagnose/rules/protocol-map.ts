// The map of listeners to security protocols.

import type { Problem, Rule } from "../finding.ts";
import { isOpen } from "../setting.ts";
import { MAP, pairsOf, PROTOCOLS } from "./secured.ts";
import { eachNode, list } from "./words.ts";

export const protocolMapRules: readonly Rule[] = [
  {
    id: "unknown-security-protocol",
    severity: "error",
    title: "a security protocol that does not exist",
    source: 'Kafka: KafkaConfig.getSecurityProtocol, "Invalid security protocol … defined in …"',
    check: (facts) =>
      eachNode(facts, ({ name, settings }) => {
        const map = settings.given.get(MAP);
        if (map === undefined || isOpen(map.value)) return null;
        const pairs = pairsOf(map.value);
        const wrong = pairs.find(
          // an empty one, or half of one, may be a variable of the shell
          ([, protocol]) => !PROTOCOLS.has(protocol.toUpperCase()) && !/^(SASL_)?$/i.test(protocol),
        );
        if (wrong === undefined) return null;
        const [listener, protocol] = wrong;
        const hasStore = [...settings.given.keys()].some((key) => /(^|\.)ssl\.keystore\./.test(key));
        return {
          settings: [map],
          happens:
            `${name} does not start: the protocol of ${listener} is "${protocol}", and Kafka knows ` +
            `${list([...PROTOCOLS])}.`,
          fix: settings.set(
            MAP,
            pairs
              .map((pair) =>
                pair === wrong ? `${listener}:${nearestTo(protocol, hasStore)}` : pair.join(":"),
              )
              .join(),
          ),
        };
      }),
  },
  {
    id: "listener-mapped-twice",
    severity: "warning",
    title: "a listener has two security protocols",
    source: "Kafka: Csv.parseCsvMap, of two entries with one key the later counts",
    check: (facts) =>
      eachNode(facts, ({ name, settings }): Problem | null => {
        const map = settings.given.get(MAP);
        if (map === undefined || isOpen(map.value)) return null;
        const pairs = pairsOf(map.value);
        const last = new Map(pairs.map(([listener, protocol]) => [listener, protocol]));
        const lost = pairs.find(
          ([listener, protocol]) => listener !== "" && protocol !== "" && last.get(listener) !== protocol,
        );
        if (lost === undefined) return null;
        const [listener, protocol] = lost;
        const later = last.get(listener) ?? protocol;
        return {
          settings: [map],
          happens:
            `${name} maps ${listener} to ${protocol} and to ${later}: the later counts, so ${listener} is ` +
            `${later}.`,
          fix: settings.set(MAP, [...last].map((pair) => pair.join(":")).join()),
        };
      }),
  },
];

/** The protocol that was probably meant, at least as safe as the text says; SASL without more is with TLS. */
function nearestTo(protocol: string, hasStore: boolean): string {
  const text = protocol.toUpperCase();
  const isSasl = text.includes("SASL");
  const isBare = text === "SASL" && hasStore;
  if (isBare || /TLS|SSL/.test(text.replace("SASL", ""))) return isSasl ? "SASL_SSL" : "SSL";
  return isSasl ? "SASL_PLAINTEXT" : "PLAINTEXT";
}
