// What a worker hands to the clients of its connectors: only settings with `producer.`, `consumer.`,
// `admin.`.

import type { Problem, Rule } from "../finding.ts";
import { fixingAll } from "../fix.ts";
import { isAll } from "../known/clients.ts";
import { POLICIES, WORKER_DEFAULTS } from "../known/connect.ts";
import { JAVA_CONSUMER, JAVA_PRODUCER } from "../known/java-names.ts";
import type { Worker } from "../facts.ts";
import { eachWorker } from "./connect.ts";
import { list } from "./words.ts";

const POLICY = "connector.client.config.override.policy";
const WORKER =
  'Kafka: Worker.baseProducerConfigs, baseConsumerConfigs: originalsWithPrefix("producer."); ' +
  "the worker's own clients get the rest";

export const connectClientRules: readonly Rule[] = [
  {
    id: "connect-setting-without-prefix",
    severity: "warning",
    title: "a client's setting without its prefix in a worker of Connect",
    source: WORKER,
    check: (facts) => eachWorker(facts, "any", withoutPrefix),
  },
  {
    id: "connect-security-without-prefix",
    severity: "warning",
    title: "connectors' clients do not have the worker's security settings",
    source: `${WORKER}; documentation, Connect: "security": prefix the settings for producers and consumers`,
    check: (facts) => eachWorker(facts, "any", withoutSecurity),
  },
  {
    id: "connect-override-policy",
    severity: "error",
    title: "an unknown policy for the connectors' own client settings",
    source:
      'Kafka: Plugins.newPlugin, "Failed to find any class that implements …"; PluginUtils.computeAliases: ' +
      "names with the right upper and lower case (KIP-458), tried with 3.9.2 and 4.4.0",
    check: (facts) =>
      eachWorker(facts, "any", ({ name, settings }) => {
        const policy = settings.of(POLICY);
        const known = POLICIES.find(
          (one) => one.toLowerCase() === policy.value.toLowerCase().replace(END, ""),
        );
        const bare = policy.value.trim().replace(/ConnectorClientConfigOverridePolicy$/, "");
        if (known === undefined || bare === known) return null;
        return {
          settings: [policy],
          happens: `${name} does not start: it finds no policy ${policy.value}; names are case-sensitive.`,
          fix: settings.set(POLICY, known),
        };
      }),
  },
];

const END = /connectorclientconfigoverridepolicy$/;

function withoutPrefix({ mode, name, settings }: Worker): Problem | null {
  const own = WORKER_DEFAULTS[mode === "standalone" ? "standalone" : "connect"];
  const found = [...settings.given.values()].filter(
    ({ key }) => !(key in own) && (JAVA_PRODUCER.has(key) || JAVA_CONSUMER.has(key)),
  );
  const [first] = found;
  if (first === undefined) return null;
  // acks=1 has no effect yet, and is not given one
  const fixes = found.map(({ key, value }) =>
    key === "acks" && !isAll(value)
      ? settings.remove(key)
      : settings.rename(key, `${JAVA_PRODUCER.has(key) ? "producer" : "consumer"}.${key}`),
  );
  return {
    settings: found,
    happens:
      `${list(found.map(({ key }) => key))} ${found.length === 1 ? "is" : "are"} for the clients with ` +
      "which " +
      `${name} reads its own topics; connectors' clients do not get ${found.length === 1 ? "it" : "them"}.`,
    fix: fixingAll(fixes),
  };
}

function withoutSecurity({ name, settings }: Worker): Problem | null {
  const protocol = settings.given.get("security.protocol");
  if (protocol === undefined || /^plaintext$/i.test(protocol.value.trim())) return null;
  const lacking = ["producer", "consumer"].filter((role) => !settings.given.has(`${role}.security.protocol`));
  if (lacking.length === 0) return null;
  return {
    settings: [protocol],
    happens:
      `${name} connects with ${protocol.value}, and the ${list(lacking.map((role) => `${role}s`))} of ` +
      "its connectors with PLAINTEXT " +
      "unless each connector overrides it: their connections are closed by a listener that wants more.",
    fix: lacking
      .map((role) => settings.spell(`${role}.security.protocol`, protocol.value))
      .join("; ")
      .concat(", and the other security settings likewise"),
  };
}
