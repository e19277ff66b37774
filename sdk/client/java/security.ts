// Security as the properties of Kafka's own client: JAAS for SASL, PEM for TLS (KIP-651).

import type { Security } from "../../model/security.ts";

/** The properties of Kafka's own client; with secrets among them. */
export function javaSecurity(security: Security | undefined): Record<string, string> {
  if (security === undefined) return {};
  const { protocol, mechanism, ca, cert } = security;
  const { key } = security.reveal();
  return {
    "security.protocol": protocol,
    ...(security.isSasl && { "sasl.mechanism": mechanism, "sasl.jaas.config": jaasOf(security) }),
    ...(security.isTls &&
      ca !== undefined && { "ssl.truststore.type": "PEM", "ssl.truststore.certificates": ca }),
    ...(security.isTls &&
      cert !== undefined && {
        "ssl.keystore.type": "PEM",
        "ssl.keystore.certificate.chain": cert,
        "ssl.keystore.key": key!,
      }),
  };
}

const COMMON = "org.apache.kafka.common.security";

function jaasOf(security: Security): string {
  const { mechanism, username = "" } = security;
  const { password } = security.reveal();
  const module = mechanism === "PLAIN" ? "plain.PlainLoginModule" : "scram.ScramLoginModule";
  return `${COMMON}.${module} required username=${quoted(username)} password=${quoted(password)};`;
}

/** A value of a JAAS configuration, which a tokenizer of Java reads. */
function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n").replaceAll("\r", "\\r")}"`;
}
