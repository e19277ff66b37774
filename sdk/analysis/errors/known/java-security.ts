// What Kafka's Java programs say of TLS, SASL and bytes that are no request.

import type { Entry } from "../entry.ts";
import { BROKER_LOG, CERTIFICATE, DIAGNOSE, DIAGNOSE_CLIENT, LISTENING, OOM } from "./checks.ts";

export const JAVA_SECURITY_ERRORS: readonly Entry[] = [
  {
    id: "authentication-terminated",
    title: "Connection to node … terminated during authentication",
    patterns: ["Connection to node … terminated during authentication"],
    means: "The broker closed the connection before the authentication was over, without saying why.",
    causes: [
      {
        because: "The client speaks TLS or SASL to a listener that does not, or the other way round.",
        settings: ["security.protocol", "listener.security.protocol.map"],
        check: BROKER_LOG,
      },
    ],
    source: "apache/kafka NetworkClient.java, processDisconnection",
  },
  {
    id: "tls-handshake-failed",
    title: "SslAuthenticationException: SSL handshake failed",
    patterns: ["SslAuthenticationException", "SSLHandshakeException", "SSL handshake failed"],
    means: "TLS was not established. The stack's last cause says why.",
    causes: [
      {
        because: "The client does not trust the broker's certificate.",
        settings: ["ssl.truststore.location"],
        check: CERTIFICATE,
      },
      {
        because: "The certificate does not name the host that was dialled.",
        settings: ["ssl.endpoint.identification.algorithm", "advertised.listeners"],
        check: CERTIFICATE,
      },
      {
        because: "The broker asks for a certificate of the client.",
        settings: ["ssl.client.auth", "ssl.keystore.location"],
        check: BROKER_LOG,
      },
    ],
    source: "apache/kafka SslTransportLayer.java",
  },
  {
    id: "not-tls",
    title: "SSLException: Unrecognized SSL message, plaintext connection?",
    patterns: ["Unsupported or unrecognized SSL message", "Unrecognized SSL message, plaintext connection"],
    means: "The client speaks TLS to a listener without TLS.",
    causes: [
      {
        because: "The port is that of a PLAINTEXT listener.",
        settings: ["security.protocol", "listener.security.protocol.map"],
        check: LISTENING,
      },
    ],
    source: "OpenJDK, SSLSocketInputRecord and SSLEngineInputRecord",
  },
  {
    id: "jaas-missing",
    title: "Could not find a 'KafkaClient' entry in the JAAS configuration",
    patterns: [
      "Could not find a 'KafkaClient' entry in the JAAS configuration",
      "Could not find a 'KafkaServer' or … entry in the JAAS configuration",
      "No serviceName defined in either JAAS or Kafka config",
    ],
    means: "SASL is switched on, and the program has no name and password, or ticket, for it.",
    causes: [
      {
        because: "sasl.jaas.config is missing, and no file of java.security.auth.login.config has the entry.",
        settings: ["sasl.jaas.config", "sasl.mechanism", "security.protocol"],
        check: DIAGNOSE_CLIENT,
      },
    ],
    source: "apache/kafka JaasContext.java",
  },
  {
    id: "not-a-kafka-request",
    title: "InvalidReceiveException: Invalid receive",
    patterns: ["Invalid receive (size =", "InvalidReceiveException"],
    means: "What arrived is no Kafka request: its first four bytes were read as its length.",
    causes: [
      {
        because:
          "A TLS client dials a plaintext listener (size = 369295616 or so), or a browser or a " +
          "health check does.",
        settings: ["security.protocol"],
        check: DIAGNOSE,
      },
      {
        because: "A real request is larger than the broker takes.",
        settings: ["socket.request.max.bytes"],
        check: DIAGNOSE,
      },
    ],
    source: "apache/kafka NetworkReceive.java",
  },
  {
    id: "java-out-of-memory",
    title: "OutOfMemoryError",
    patterns: ["java.lang.OutOfMemoryError"],
    means:
      "A Java program ran out of memory. In a client at its start it often is a TLS listener's " +
      "answer, read as a length.",
    causes: [
      {
        because: "A plaintext client dials a TLS listener (KAFKA-4090).",
        settings: ["security.protocol"],
        check: CERTIFICATE,
      },
      { because: "The heap is too small.", check: OOM },
    ],
    source: "KAFKA-4090",
  },
];
