// No finding shows a password, a key or an entry of users, wherever it stands.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { diagnose, diagnosisLines, sarif } from "../../sdk/analysis/diagnose/mod.ts";
import { SECURED_FILES, SECURITY_CASES } from "./diagnose/security-cases.ts";
import { changed, type Files } from "./diagnose/case.ts";

const WORD = "s3cret-word";
const MODULE = "org.apache.kafka.common.security.plain.PlainLoginModule required";

function findingsOf(files: Files): ReturnType<typeof diagnose> {
  return diagnose(Object.entries(files).map(([file, text]) => ({ file, text })));
}

/** Everything that a finding is shown as. */
function shown(files: Files): string {
  const found = findingsOf(files);
  return JSON.stringify([found, diagnosisLines(found), sarif(found, "0.7.0")]);
}

test("no rule of security shows a password", () => {
  for (const [rule, files, from, to] of SECURITY_CASES)
    assert.not.match(shown(changed(files, from, to)), WORD, rule);
});

const LEAKS: [what: string, files: Files, rule: string][] = [
  [
    "a misspelt password",
    { "server.properties": `node.id=1\nssl.keystore.pasword=${WORD}\n` },
    "misspelt-broker-setting",
  ],
  [
    "a short one",
    { "server.properties": "node.id=1\nssl.keystore.pasword=abc\n" },
    "misspelt-broker-setting",
  ],
  [
    "a JAAS entry of bitnami's name for another image",
    {
      "compose.yml":
        'services: {kafka: {image: "apache/kafka:3.9.2", environment: {KAFKA_NODE_ID: 1, ' +
        `KAFKA_CFG_SASL_JAAS_CONFIG: '${MODULE} user_a="${WORD}";'}}}`,
    },
    "variable-of-another-image",
  ],
  [
    "a password among the JVM's flags",
    {
      "compose.yml": SECURED_FILES["secured"]!["compose.yml"]!.replace(
        "KAFKA_LISTENER_NAME_EXTERNAL_PLAIN_SASL_JAAS_CONFIG",
        `KAFKA_OPTS: -Djavax.net.ssl.trustStorePassword=${WORD} ` +
          "-Djava.security.auth.login.config=/opt/jaas.conf\n      OTHER",
      ),
    },
    "secret-file-not-mounted",
  ],
];
for (const [what, files, rule] of LEAKS)
  test(`a finding hides ${what}`, () => {
    assert.ok(
      findingsOf(files).some((finding) => finding.rule === rule),
      rule,
    );
    assert.not.match(shown(files), /s3cret-word|"abc"|=abc/);
    assert.match(shown(files), "(hidden)");
  });
test("what is no secret is shown: a path, a name, a value that is not known", () => {
  const [found] = findingsOf(
    changed(SECURED_FILES["secured"]!, "/secrets:/etc/kafka/secrets", "/s:/etc/kafka/s"),
  );
  assert.is(found!.evidence[0]!.value, "/etc/kafka/secrets/keystore.jks");
});

test.run();
