// Kafka's error codes about authentication and authorization.

import type { Entry } from "../entry.ts";
import { BROKER_LOG, DIAGNOSE_CLIENT, LIST_ACLS } from "./checks.ts";
import { code } from "./code.ts";

const NO_ACL = {
  because: "No ACL allows it to that principal, and the brokers deny what no ACL allows.",
  settings: ["authorizer.class.name", "allow.everyone.if.no.acl.found", "super.users"],
  check: LIST_ACLS,
};

export const SECURITY_CODES: readonly Entry[] = [
  code("TOPIC_AUTHORIZATION_FAILED", {
    says: [
      "TopicAuthorizationException",
      "Not authorized to access topics",
      "Topic authorization failed",
      "Broker: Topic authorization failed",
    ],
    means: "The principal may not do this with that topic. It may not exist either: that is not revealed.",
    causes: [NO_ACL],
  }),
  code("GROUP_AUTHORIZATION_FAILED", {
    says: [
      "GroupAuthorizationException",
      "Not authorized to access group",
      "Group authorization failed",
      "Broker: Group authorization failed",
    ],
    means: "The principal may not use that consumer group.",
    causes: [{ ...NO_ACL, because: "No ACL allows READ of the group; one of its topic is not enough." }],
  }),
  code("CLUSTER_AUTHORIZATION_FAILED", {
    says: [
      "ClusterAuthorizationException",
      "Cluster authorization failed",
      "Broker: Cluster authorization failed",
    ],
    means:
      "The principal may not do this with the cluster: make topics, change settings, or act as a broker.",
    causes: [
      NO_ACL,
      {
        because: "A broker's own principal is not among the super users.",
        settings: ["super.users"],
        check: BROKER_LOG,
      },
    ],
  }),
  code("TRANSACTIONAL_ID_AUTHORIZATION_FAILED", {
    says: [
      "TransactionalIdAuthorizationException",
      "Transactional Id authorization failed",
      "Broker: Transactional Id authorization failed",
    ],
    means: "The principal may not use that transactional id.",
    causes: [NO_ACL],
  }),
  code("SECURITY_DISABLED", {
    says: [
      "SecurityDisabledException",
      "Security features are disabled",
      "Broker: Security features are disabled",
    ],
    means: "ACLs were asked for, and the brokers have no authorizer.",
    causes: [
      {
        because: "authorizer.class.name is not set.",
        settings: ["authorizer.class.name"],
        check: BROKER_LOG,
      },
    ],
  }),
  code("UNSUPPORTED_SASL_MECHANISM", {
    says: [
      "UnsupportedSaslMechanismException",
      "The broker does not support the requested SASL mechanism",
      "Broker: Unsupported SASL mechanism",
    ],
    means:
      "The listener does not offer the mechanism that the client asks for. The message lists those " +
      "it offers.",
    causes: [
      {
        because: "Client and listener name different mechanisms.",
        settings: ["sasl.mechanism", "sasl.enabled.mechanisms"],
        check: DIAGNOSE_CLIENT,
      },
      {
        because:
          "Between brokers: the mechanism for brokers or controllers is not enabled on their listener.",
        settings: ["sasl.mechanism.inter.broker.protocol", "sasl.mechanism.controller.protocol"],
        check: BROKER_LOG,
      },
    ],
    source: "SaslServerAuthenticator.java",
  }),
  code("ILLEGAL_SASL_STATE", {
    says: [
      "IllegalSaslStateException",
      "Request is not valid given the current SASL state",
      "Broker: Request not valid in current SASL state",
    ],
    means: "On a SASL listener something else than the authentication came first.",
    causes: [
      {
        because: "The client does not use SASL: its security protocol is PLAINTEXT or SSL.",
        settings: ["security.protocol"],
        check: DIAGNOSE_CLIENT,
      },
    ],
    source: "SaslServerAuthenticator.java",
  }),
  code("SASL_AUTHENTICATION_FAILED", {
    says: [
      "SaslAuthenticationException",
      "SASL Authentication failed",
      "Broker: SASL Authentication failed",
      "Authentication failed: Invalid username or password",
      "Authentication failed during authentication due to invalid credentials with SASL mechanism",
    ],
    means: "The broker refused the client's name and password, token or ticket. Clients do not try again.",
    causes: [
      {
        because: "The name or the password is wrong.",
        settings: ["sasl.jaas.config"],
        check: BROKER_LOG,
      },
      {
        because: "With SCRAM: the user was never made in this cluster, or with another mechanism.",
        check:
          "kafka-configs.sh --bootstrap-server localhost:9092 --describe --entity-type users " +
          "--entity-name NAME",
      },
    ],
    source: "SaslServerAuthenticator.java",
  }),
  code("UNACCEPTABLE_CREDENTIAL", {
    says: [
      "UnacceptableCredentialException",
      "Requested credential would not meet criteria for acceptability",
    ],
    means: "A SCRAM user was to be made with too few or too many iterations.",
    causes: [{ because: "SCRAM takes 4096 to 16384 iterations." }],
    source: "ScramControlManager.java, KIP-554",
  }),
  code("DELEGATION_TOKEN_EXPIRED", {
    says: [
      "DelegationTokenExpiredException",
      "Delegation Token is expired",
      "Broker: Delegation Token is expired",
    ],
    means: "The delegation token of the client has ended and was not renewed.",
    causes: [{ because: "Nobody renewed it in time.", settings: ["delegation.token.expiry.time.ms"] }],
    source: "KIP-48",
  }),
];
