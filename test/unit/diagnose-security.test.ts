// What is right or not known in secured configurations: no rule of security is wrong about it.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { diagnose } from "../../sdk/analysis/diagnose/mod.ts";
import type { Files } from "./diagnose/case.ts";
import { SECURED, SECURED_KAFKAJS, SECURED_PRODUCER, SECURED_SERVER } from "./diagnose/secured.ts";
import { SECURITY_CASES } from "./diagnose/security-cases.ts";

const OF_SECURITY: ReadonlySet<string> = new Set(SECURITY_CASES.map(([rule]) => rule));

function flagged(files: Files): string[] {
  return diagnose(Object.entries(files).map(([file, text]) => ({ file, text })))
    .filter(({ rule }) => OF_SECURITY.has(rule))
    .map(({ severity, rule }) => `${severity} ${rule}`);
}

/** The secured compose file with replacements, each of them a match. */
function secured(...changes: [from: string | RegExp, to: string][]): Files {
  const text = changes.reduce((rest, [from, to]) => {
    const next = rest.replace(from, to);
    assert.is.not(next, rest, String(from));
    return next;
  }, SECURED);
  return { "compose.yml": text };
}

const NO_ENTRY: [RegExp, string] = [/KAFKA_LISTENER_NAME_EXTERNAL_PLAIN_SASL_JAAS_CONFIG/, "OTHER"];
const SCRAM: [RegExp, string] = [/CONTROLLER_PROTOCOL: PLAIN/, "CONTROLLER_PROTOCOL: SCRAM-SHA-512"];
const ONE_NODE: [RegExp, string][] = [
  [/VOTERS: .*/, "VOTERS: 1@kafka-1:9093"],
  [/ {2}kafka-2:[^]*/, ""],
];

const ONLY_SCRAM: [RegExp, string][] = [
  [/CONTROLLER_SASL_ENABLED_MECHANISMS: PLAIN/, "CONTROLLER_SASL_ENABLED_MECHANISMS: SCRAM-SHA-512"],
  [/CONTROLLER_PLAIN_SASL/, "CONTROLLER_SCRAM___SHA___512_SASL"],
];

const SILENT: [what: string, files: Files][] = [
  [
    "a login file of a mount has the entry",
    secured(NO_ENTRY, [
      "CLUSTER_ID",
      "KAFKA_OPTS: -Djava.security.auth.login.config=/etc/kafka/secrets/jaas.conf\n      CLUSTER_ID",
    ]),
  ],
  [
    "the JVM's flags are not known",
    secured(NO_ENTRY, ["CLUSTER_ID", "KAFKA_OPTS: ${FLAGS}\n      CLUSTER_ID"]),
  ],
  ["a command may set anything", secured(NO_ENTRY, ["    ports:", "    command: /start.sh\n    ports:"])],
  ["an image of one's own may, too", secured(NO_ENTRY, ["apache/kafka:3.9.2", "registry.example/kafka:1"])],
  [
    "each file has a mount of its own",
    secured([
      /"\.\/secrets:\/etc\/kafka\/secrets:ro"\]\n {4}env/,
      '"./k:/etc/kafka/secrets/keystore.jks", "./t:/etc/kafka/secrets/truststore.jks"]\n    env',
    ]),
  ],
  [
    "a secret of compose brings the file",
    secured([/, "\.\/secrets:\/etc\/kafka\/secrets:ro"\]\n {4}env/, "]\n    secrets: [keystore]\n    env"]),
  ],
  [
    "a store of the image's Java",
    secured(["/etc/kafka/secrets/truststore.jks", "/etc/ssl/certs/java/cacerts"]),
  ],
  ["a path that is not known", secured(["/etc/kafka/secrets/truststore.jks", "${STORE}"])],
  [
    "names of certificates have commas",
    secured([/SUPER_USERS: .*/, "SUPER_USERS: User:node;User:CN=a,OU=b,O=c;"]),
  ],
  [
    "users of another principal builder",
    secured([
      /SUPER_USERS: .*/,
      "SUPER_USERS: Group:a,User:b\n      KAFKA_PRINCIPAL_BUILDER_CLASS: com.example.P",
    ]),
  ],
  ["users of another authorizer", secured([/org.apache.kafka.metadata.authorizer/, "com.example"])],
  ["a user that is not known", secured([/SUPER_USERS: .*/, "SUPER_USERS: User:${ADMIN};User:${OTHER}"])],
  ["a protocol that is not known", secured(["EXTERNAL:SASL_SSL", "EXTERNAL:${PROTOCOL}"])],
  ["mechanisms that are not known", secured([/ENABLED_MECHANISMS: PLAIN,.*/, "ENABLED_MECHANISMS: ${SASL}"])],
  ["users that are not known", secured([/SUPER_USERS: .*/, "SUPER_USERS: ${USERS}"])],
  [
    "ANONYMOUS is a super user where controllers authenticate nobody",
    secured(
      ["CONTROLLER:SASL_SSL", "CONTROLLER:PLAINTEXT"],
      [/SUPER_USERS: /, "SUPER_USERS: User:ANONYMOUS;"],
    ),
  ],
  [
    "a service formats the storage with credentials",
    {
      "compose.yml": `${secured(SCRAM, ...ONLY_SCRAM, ...ONE_NODE)["compose.yml"]}
  format:
    image: apache/kafka:3.9.2
    command: kafka-storage.sh format --add-scram SCRAM-SHA-512=[name=a,password=b]
`,
    },
  ],
  [
    "a mechanism for one listener only",
    {
      "server.properties": SECURED_SERVER.replace(
        "sasl.enabled.mechanisms",
        "sasl.enabled.mechanisms=PLAIN\nlistener.name.clients.sasl.enabled.mechanisms",
      ),
    },
  ],
  [
    "bitnami's image enables mechanisms by itself",
    {
      "compose.yml": `services:
  kafka:
    image: bitnamilegacy/kafka:3.9
    environment:
      KAFKA_CFG_NODE_ID: 1
      KAFKA_CFG_PROCESS_ROLES: broker,controller
      KAFKA_CFG_CONTROLLER_QUORUM_VOTERS: 1@kafka:9093
      KAFKA_CFG_CONTROLLER_LISTENER_NAMES: CONTROLLER
      KAFKA_CFG_LISTENERS: CLIENT://:9092,CONTROLLER://:9093
      KAFKA_CFG_ADVERTISED_LISTENERS: CLIENT://kafka:9092
      KAFKA_CFG_LISTENER_SECURITY_PROTOCOL_MAP: CLIENT:SASL_SSL,CONTROLLER:SASL_SSL
      KAFKA_CFG_INTER_BROKER_LISTENER_NAME: CLIENT
      KAFKA_CFG_SASL_MECHANISM_CONTROLLER_PROTOCOL: PLAIN
      KAFKA_CFG_SASL_MECHANISM_INTER_BROKER_PROTOCOL: PLAIN
      KAFKA_CLIENT_USERS: app
      KAFKA_CLIENT_PASSWORDS: word
`,
    },
  ],
  [
    "a client whose security is not known",
    { "compose.yml": SECURED, "producer.properties": SECURED_PRODUCER.replace("=SASL_SSL", "=${PROTOCOL}") },
  ],
  [
    "a client of another cluster",
    {
      "compose.yml": SECURED,
      "kafkajs.json": SECURED_KAFKAJS.replace(/localhost:/g, "kafka.example:").replace(/"ssl.*/, ""),
    },
  ],
  [
    "kafkajs with TLS and nothing more said of it",
    { "compose.yml": SECURED, "kafkajs.json": SECURED_KAFKAJS.replace(/"ssl".*/, '"ssl": true,') },
  ],
];
for (const [what, files] of SILENT)
  test(`diagnose() says nothing of security: ${what}`, () => assert.equal(flagged(files), []));

const SEVERITIES: [what: string, files: Files, flagged: string[]][] = [
  [
    "brokers come to controllers by SCRAM, controllers to each other by PLAIN",
    {
      "server.properties": `${SECURED_SERVER.replace("broker,controller", "broker")
        .replace("node.id=1", "node.id=4")
        .replace("CONTROLLER:SSL", "CONTROLLER:SASL_SSL")
        .replace(",CONTROLLER://:9093", "")}sasl.mechanism.controller.protocol=SCRAM-SHA-512\n`,
    },
    ["note scram-on-controller-listener"],
  ],
  [
    "SCRAM at one controller, whose image makes no credentials",
    secured(SCRAM, ...ONLY_SCRAM, ...ONE_NODE),
    ["error scram-on-controller-listener"],
  ],
  [
    "SCRAM at one controller, to which one may come by PLAIN, too",
    secured(
      SCRAM,
      [
        /CONTROLLER_SASL_ENABLED_MECHANISMS: PLAIN/,
        "CONTROLLER_SASL_ENABLED_MECHANISMS: PLAIN,SCRAM-SHA-512",
      ],
      [/(.*)CONTROLLER_PLAIN_SASL(.*)/, "$&\n$1CONTROLLER_SCRAM___SHA___512_SASL$2"],
      ...ONE_NODE,
    ),
    ["note scram-on-controller-listener"],
  ],
  [
    "SCRAM at one controller whose storage may have credentials",
    {
      "server.properties": SECURED_SERVER.replace(/voters=.*/, "voters=1@a:9093")
        .replace("CONTROLLER:SSL", "CONTROLLER:SASL_SSL")
        .concat("sasl.mechanism.controller.protocol=SCRAM-SHA-512\n"),
    },
    ["note scram-on-controller-listener"],
  ],
  [
    "a client that says nothing of its security",
    {
      "compose.yml": SECURED,
      "producer.properties": SECURED_PRODUCER.replace(/s[as]s?l.*\n|security.*\n/g, ""),
    },
    ["warning client-protocol-differs"],
  ],
  [
    "commas between super users without an authorizer",
    { "server.properties": SECURED_SERVER.replace(/authorizer.*\n/, "").replace("node;User", "node,User") },
    ["note super-users-separator"],
  ],
  [
    "commas between super users who are all that brokers need",
    {
      "server.properties": SECURED_SERVER.replace("CONTROLLER:SSL", "CONTROLLER:PLAINTEXT").replace(
        /super\.users=.*/,
        "super.users=User:a,User:ANONYMOUS",
      ),
    },
    ["error super-users-separator"],
  ],
];
for (const [what, files, expected] of SEVERITIES)
  test(`diagnose() says how sure it is: ${what}`, () => assert.equal(flagged(files), expected));

test("what an image refuses is said once: a listener's name wants KAFKA_OPTS, which has the entries", () => {
  const { "compose.yml": text } = secured(NO_ENTRY);
  const named = text!.replaceAll("EXTERNAL", "SASL_X");
  assert.equal(flagged({ "compose.yml": text! }), ["error sasl-without-jaas"]);
  assert.equal(flagged({ "compose.yml": named }), []);
  assert.ok(diagnose([{ file: "c.yml", text: named }]).some(({ rule }) => rule === "image-refuses"));
});

test.run();
