// Rules about what only Kubernetes manifests have.

import type { Rule } from "../../finding.ts";
import { sharedAddresses, unresolvable } from "./addresses.ts";
import { podEnvironmentRules } from "./environment.ts";
import { podLifecycleRules } from "./lifecycle.ts";
import { podSchedulingRules } from "./scheduling.ts";
import { podStartRules } from "./starts.ts";
import { podStorageRules } from "./storage.ts";
import { strimziRules } from "./strimzi.ts";

export const kubernetesRules: readonly Rule[] = [
  {
    id: "advertised-shared-service",
    severity: "error",
    title: "several brokers advertise one Service",
    source:
      "Kafka: a client dials the leader's advertised address (KIP-103); Kubernetes: a Service leads " +
      "to any of its pods",
    check: sharedAddresses,
  },
  {
    id: "advertised-not-in-dns",
    severity: "error",
    title: "the advertised name is not in the cluster's DNS",
    source: "Kubernetes: DNS for Services and Pods, a pod's name is below the Service of its subdomain",
    check: unresolvable,
  },
  ...podEnvironmentRules,
  ...podStorageRules,
  ...podStartRules,
  ...podLifecycleRules,
  ...podSchedulingRules,
  ...strimziRules,
];
