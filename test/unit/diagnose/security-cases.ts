// Each rule of security: one setting of a secured configuration is changed, and it fires.

import type { Case, Files } from "./case.ts";
import {
  SECURED,
  SECURED_KAFKAJS,
  SECURED_PRODUCER,
  SECURED_RD,
  SECURED_SERVER,
  SECURED_SPRING,
} from "./secured.ts";

const compose: Files = { "compose.yml": SECURED };
const server: Files = { "server.properties": SECURED_SERVER };
const producer: Files = { ...compose, "producer.properties": SECURED_PRODUCER };
const kafkajs: Files = { ...compose, "kafkajs.json": SECURED_KAFKAJS };
const librdkafka: Files = { ...compose, "producer.json": SECURED_RD };
const spring: Files = { ...compose, "application.yml": SECURED_SPRING };
/** Clients that show a certificate, and a listener that asks for none yet. */
const mutual = {
  "compose.yml": SECURED.replace("EXTERNAL:SASL_SSL", "EXTERNAL:SSL"),
  "producer.properties": `bootstrap.servers=localhost:29091,localhost:29092
acks=all
security.protocol=SSL
ssl.truststore.location=/etc/app/truststore.jks
`,
};
/** The images' conventions: a listener named SSL, and files in /etc/kafka/secrets. */
const convention = {
  "compose.yml": SECURED.replaceAll("EXTERNAL", "SSL")
    .replace("SSL:SASL_SSL", "SSL:SSL")
    .replace(
      /KAFKA_SSL_KEYSTORE_LOCATION.*\n.*PASSWORD.*\n/,
      "KAFKA_SSL_KEYSTORE_FILENAME: keystore.jks\n      KAFKA_SSL_KEYSTORE_CREDENTIALS: word\n" +
        "      KAFKA_SSL_KEY_CREDENTIALS: word\n",
    ),
};

/** A service whose image takes Kafka's settings from variables. */
const connect = {
  "compose.yml": `${SECURED}
  connect:
    image: confluentinc/cp-kafka-connect:7.9.1
    environment:
      CONNECT_BOOTSTRAP_SERVERS: kafka-1:19092,kafka-2:19092
      CONNECT_SECURITY_PROTOCOL: SSL
      CONNECT_PRODUCER_SECURITY_PROTOCOL: SSL
      CONNECT_CONSUMER_SECURITY_PROTOCOL: SSL
      CONNECT_SSL_KEYSTORE_LOCATION: /etc/kafka/secrets/connect.jks
`,
};
/** The same of Spring Boot. */
const service = {
  "compose.yml": `${SECURED}
  shop:
    image: shop:1
    environment:
      SPRING_KAFKA_BOOTSTRAP_SERVERS: kafka-1:19092,kafka-2:19092
      SPRING_KAFKA_SECURITY_PROTOCOL: SSL
      SPRING_KAFKA_SSL_KEY_STORE_LOCATION: file:/etc/shop.jks
`,
};

/** Configurations of which nothing is said. */
export const SECURED_FILES: Readonly<Record<string, Files>> = {
  secured: compose,
  securedServer: server,
  securedProducer: producer,
  securedKafkajs: kafkajs,
  securedLibrdkafka: librdkafka,
  securedSpring: spring,
  mutual,
  convention,
  connect,
  service,
};

const JAAS = "listener.name.clients.scram-sha-512.sasl.jaas.config";
const SPELT = "EXTERNAL_SCRAM___SHA___512_SASL_JAAS";

export const SECURITY_CASES: readonly Case[] = [
  ["unknown-security-protocol", compose, "EXTERNAL:SASL_SSL", "EXTERNAL:SASL"],
  ["listener-mapped-twice", compose, "INTERNAL:SSL,", "INTERNAL:PLAINTEXT,INTERNAL:SSL,"],
  [
    "scram-on-controller-listener",
    compose,
    "CONTROLLER_PROTOCOL: PLAIN",
    "CONTROLLER_PROTOCOL: SCRAM-SHA-512",
  ],
  [
    "scram-on-controller-listener",
    {
      "compose.yml": SECURED.replace(/VOTERS: .*/, "VOTERS: 1@kafka-1:9093").replace(/ {2}kafka-2:[^]*/, ""),
    },
    "CONTROLLER_PROTOCOL: PLAIN",
    "CONTROLLER_PROTOCOL: SCRAM-SHA-256",
  ],
  ["inter-broker-mechanism-not-enabled", compose, "INTERNAL:SSL", "INTERNAL:SASL_SSL"],
  ["inter-broker-mechanism-not-enabled", server, "broker.protocol=SCRAM-SHA-512", "broker.protocol=PLAIN"],
  ["inter-broker-mechanism-not-enabled", server, "", "listener.name.clients.sasl.enabled.mechanisms=PLAIN"],
  [
    "controller-mechanism-not-enabled",
    compose,
    "CONTROLLER_SASL_ENABLED_MECHANISMS: PLAIN",
    "CONTROLLER_SASL_ENABLED_MECHANISMS: SCRAM-SHA-512",
  ],
  ["sasl-without-jaas", compose, SPELT, "EXTERNAL_SCRAM_SHA_512_SASL_JAAS"],
  ["sasl-without-jaas", compose, /.*CONTROLLER_PLAIN_SASL_JAAS.*\n/, ""],
  [
    "sasl-without-jaas",
    compose,
    "KAFKA_LISTENER_NAME_EXTERNAL_PLAIN_SASL_JAAS_CONFIG",
    "KAFKA_SASL_JAAS_CONFIG",
  ],
  ["jaas-entry-ignored", server, JAAS, "sasl.jaas.config"],
  ["jaas-entry-ignored", server, JAAS, JAAS.replace("clients", "CLIENTS")],
  ["plain-without-tls", compose, "EXTERNAL:SASL_SSL", "EXTERNAL:SASL_PLAINTEXT"],
  ["tls-without-certificate", compose, /KAFKA_SSL_KEYSTORE_LOCATION.*\n.*/, "A: b"],
  ["tls-without-certificate", compose, /KEYSTORE_LOCATION: .*\n.*/, "KEYSTORE_FILENAME: keystore.jks"],
  ["tls-without-certificate", server, "ssl.keystore.location=/etc/kafka/a.pem\n", ""],
  ["ssl-store-refused", compose, /.*KEYSTORE_PASSWORD.*\n/, ""],
  [
    "ssl-store-refused",
    compose,
    "KEYSTORE_PASSWORD",
    "KEYSTORE_TYPE: PEM\n      KAFKA_SSL_KEYSTORE_PASSWORD",
  ],
  ["ssl-store-refused", server, "", "ssl.truststore.password=s3cret-word"],
  ["ssl-store-refused", server, "", "ssl.keystore.certificate.chain=-----BEGIN CERTIFICATE-----"],
  ["ssl-store-refused", convention, "FILENAME", "TYPE: PEM\n      KAFKA_SSL_KEYSTORE_FILENAME"],
  ["refused-listener-value", compose, "CLIENT_AUTH: required", "CLIENT_AUTH: require"],
  [
    "client-auth-without-effect",
    server,
    /CONTROLLER:SSL(.*)/,
    "CONTROLLER:SASL_SSL$1\nssl.client.auth=required",
  ],
  ["server-name-not-checked", server, "", "ssl.endpoint.identification.algorithm="],
  ["secret-file-not-mounted", compose, /\.\/secrets:\/etc\/kafka\/secrets/g, "./secrets:/etc/kafka/certs"],
  [
    "secret-file-not-mounted",
    convention,
    /\.\/secrets:\/etc\/kafka\/secrets/g,
    "./word:/etc/kafka/secrets/word",
  ],
  [
    "secret-file-not-mounted",
    compose,
    "KAFKA_LISTENER_NAME_EXTERNAL_PLAIN_SASL_JAAS_CONFIG",
    "KAFKA_OPTS: -Djava.security.auth.login.config=/opt/jaas.conf\n      OTHER",
  ],
  ["super-users-separator", compose, ";User:CN=kafka-1", ",User:CN=kafka-1"],
  ["super-users-separator", server, "node;User", "node,User"],
  ["super-users-entry", server, "User:node", "node"],
  ["super-users-entry", server, "User:node", "user:node"],
  ["super-users-entry", server, "User:node", "User: node"],
  [
    "authorizer-of-another-mode",
    compose,
    "org.apache.kafka.metadata.authorizer.Standard",
    "kafka.security.authorizer.Acl",
  ],
  [
    "authorizer-of-another-mode",
    server,
    /process.roles=.*\n|controller.*\n|.CONTROLLER:..9093|CONTROLLER:SSL,/g,
    "",
  ],
  ["brokers-not-authorized", compose, "CONTROLLER:SASL_SSL", "CONTROLLER:PLAINTEXT"],
  ["brokers-not-authorized", server, /super.users.*/, ""],
  ["everyone-allowed", server, "", "allow.everyone.if.no.acl.found=true"],
  ["client-protocol-differs", producer, "protocol=SASL_SSL", "protocol=SSL"],
  ["client-protocol-differs", producer, "security.protocol=SASL_SSL\n", ""],
  ["client-protocol-differs", kafkajs, '"ssl": { "rejectUnauthorized": true },', ""],
  ["client-protocol-differs", librdkafka, "sasl_ssl", "sasl_plaintext"],
  ["client-protocol-differs", spring, "protocol: SASL_SSL", "protocol: SASL_PLAINTEXT"],
  ["client-protocol-differs", producer, "EXTERNAL:SASL_SSL", "EXTERNAL:PLAINTEXT"],
  [
    "client-protocol-differs",
    connect,
    "CONNECT_SECURITY_PROTOCOL: SSL",
    "CONNECT_SECURITY_PROTOCOL: SASL_SSL",
  ],
  ["client-protocol-differs", connect, /CONNECT_S.*/g, ""],
  ["client-protocol-differs", service, "KAFKA_SECURITY_PROTOCOL: SSL", "KAFKA_SECURITY_PROTOCOL: PLAINTEXT"],
  ["client-without-certificate", connect, /CONNECT_SSL.*/, ""],
  ["client-without-certificate", service, /SPRING_KAFKA_SSL.*/, ""],
  ["client-mechanism-not-enabled", producer, "sasl.mechanism=SCRAM-SHA-512\n", ""],
  ["client-mechanism-not-enabled", producer, "mechanism=SCRAM-SHA-512", "mechanism=SCRAM-SHA-256"],
  ["client-mechanism-not-enabled", kafkajs, "scram-sha-512", "scram-sha-256"],
  ["client-mechanism-not-enabled", librdkafka, '"SCRAM-SHA-512"', '"GSSAPI"'],
  ["client-mechanism-not-enabled", spring, "mechanism: SCRAM-SHA-512", "mechanism: OAUTHBEARER"],
  ["client-without-certificate", mutual, "LISTENER_NAME_INTERNAL_SSL_CLIENT", "SSL_CLIENT"],
  ["client-store-refused", producer, "", "ssl.keystore.location=/etc/app/keystore.jks"],
  ["client-store-refused", producer, "", "ssl.truststore.type=PEM\nssl.truststore.password=s3cret-word"],
  ["client-checks-no-name", producer, "", "ssl.endpoint.identification.algorithm="],
  ["client-checks-no-name", kafkajs, '"rejectUnauthorized": true', '"rejectUnauthorized": false'],
  ["client-checks-no-name", librdkafka, '"linger.ms": 5', '"enable.ssl.certificate.verification": false'],
];
