// KafkaUsers against the listeners and the authorization of their cluster.

import { at, clusterLabelOf, isStrimzi, named, textAt } from "../../../../kubernetes/mod.ts";
import type { Problem, Rule } from "../../finding.ts";
import { settingAt } from "./setting.ts";

export const userRules: readonly Rule[] = [
  {
    id: "user-without-authorization",
    severity: "error",
    title: "a user has ACLs and its cluster does not authorize",
    source:
      'Strimzi: KafkaUserModel, "Simple authorization ACL rules are configured but not supported in ' +
      "the Kafka " +
      'cluster configuration."',
    check: ({ kubernetes, isFurther }) =>
      (isFurther === true ? [] : (kubernetes?.resources ?? []))
        .filter((one) => isStrimzi(one) && one.kind === "KafkaUser")
        .flatMap((user): Problem[] => {
          const cluster = kubernetes!.strimzi.find(({ resource }) => resource.name === clusterLabelOf(user));
          const wanted = at(user.tree, "spec", "authorization");
          if (cluster === undefined || textAt(wanted, "type") !== "simple") return [];
          // another authorizer may support ACLs
          if (at(cluster.spec, "authorization") !== undefined) return [];
          return [
            {
              node: named(user),
              settings: [settingAt("authorization", "simple", wanted!.location)],
              happens:
                `The operator refuses ${named(user)}, and makes no credentials for it: ` +
                `${named(cluster.resource)} has no authorization.`,
              fix: "authorization: { type: simple } in spec.kafka, or no ACLs",
            },
          ];
        }),
  },
  {
    id: "user-without-listener",
    severity: "warning",
    title: "no listener takes this user's authentication",
    source: "Strimzi: KafkaUser, spec.authentication; Kafka, spec.kafka.listeners[].authentication",
    check: ({ kubernetes, isFurther }) =>
      (isFurther === true ? [] : (kubernetes?.resources ?? []))
        .filter((one) => isStrimzi(one) && one.kind === "KafkaUser")
        .flatMap((user): Problem[] => {
          const cluster = kubernetes!.strimzi.find(({ resource }) => resource.name === clusterLabelOf(user));
          const wanted = textAt(user.tree, "spec", "authentication", "type");
          const given = at(user.tree, "spec", "authentication");
          if (cluster === undefined || (wanted !== "tls" && wanted !== "scram-sha-512")) return [];
          const types = cluster.listeners.map(({ authentication }) => authentication);
          if (types.includes(wanted) || types.includes("custom")) return [];
          return [
            {
              node: named(user),
              settings: [settingAt("authentication", wanted, given!.location)],
              happens:
                `No listener of ${named(cluster.resource)} authenticates by ${wanted}: a client with ` +
                `the credentials of ` +
                `${user.name} is anonymous, or cannot connect.`,
              fix: `authentication: { type: ${wanted} } in a listener`,
            },
          ];
        }),
  },
];
