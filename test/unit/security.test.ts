// Security as a value: what it shows, what each client is given, SASL by the RFC's own example, certificates
// that TLS accepts, and what a refused connection is.

import { Buffer } from "node:buffer";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import net, { type AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import tls from "node:tls";
import { inspect } from "node:util";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { followRefusals } from "../../sdk/client/java/refusals.ts";
import { readLine } from "../../sdk/client/java/line.ts";
import { javaSecurity } from "../../sdk/client/java/security.ts";
import { kafkajsSecurity, readSecurity } from "../../sdk/client/security.ts";
import { openWire } from "../../sdk/kafka/connection.ts";
import { decodeAlterScram, alterScramRequest } from "../../sdk/kafka/protocol/mod.ts";
import { scramClient } from "../../sdk/kafka/security/scram.ts";
import { isRefusal, splitAddress, tlsFailure } from "../../sdk/kafka/security/mod.ts";
import { LabError } from "../../sdk/model/errors.ts";
import { isSecretName, Security, shownOptions } from "../../sdk/model/security.ts";
import { toPlain } from "../../sdk/recording/call.ts";
import { makeAuthority } from "../../sdk/runtime/certificates.ts";

const authority = makeAuthority("a test");
const server = authority.issue("kafka-1", ["localhost", "127.0.0.1", "kafka-1"]);
const SECRETS = {
  password: "s3cret",
  key: "-----BEGIN PRIVATE KEY-----\na_k3y_of_kafka-1\n-----END PRIVATE KEY-----\n",
};
const full = new Security({ username: "me", ca: authority.cert, cert: server.cert, ...SECRETS });

test("splitAddress() takes an IPv6 host out of its brackets", () => {
  assert.equal(splitAddress("kafka-1.test:9092"), { host: "kafka-1.test", port: 9092 });
  assert.equal(splitAddress("[::1]:9092"), { host: "::1", port: 9092 });
});
test("neither JSON nor a console shows a secret, and the rest is shown", () => {
  for (const text of [JSON.stringify({ full }), inspect(full, { showHidden: true, depth: 5 }), `${full}`])
    for (const secret of ["s3cret", "a_k3y_of_kafka-1"]) assert.not.ok(text.includes(secret), text);
  assert.equal(JSON.parse(JSON.stringify(full)), {
    protocol: "SASL_SSL",
    mechanism: "PLAIN",
    username: "me",
    hasCertificate: true,
  });
});
test("a probe's options are over the lab's; what cannot work together is a TypeError", () => {
  const scram = full.with({ mechanism: "SCRAM-SHA-512", password: "other" });
  assert.equal([scram.mechanism, scram.reveal().password, scram.ca], ["SCRAM-SHA-512", "other", full.ca]);
  assert.is(full.with({ protocol: "SSL" }).isSasl, false);
  assert.throws(() => new Security({ protocol: "SASL_SSL", username: "me" }), TypeError);
  assert.throws(() => new Security({ cert: server.cert }), TypeError);
  assert.is(new Security({}).protocol, "SSL");
});
test("a PEM is text or the path of a file, which has to be one", () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "security-"));
  const [ca, other] = ["ca.pem", "other.txt"].map((name) => path.join(folder, name)) as [string, string];
  writeFileSync(ca, authority.cert);
  writeFileSync(other, "no PEM");
  assert.is(readSecurity({ ca })!.ca, authority.cert);
  assert.is(readSecurity({ ca: authority.cert })!.ca, authority.cert);
  assert.throws(() => readSecurity({ ca: other }), TypeError);
  assert.throws(
    () => readSecurity({ ca: path.join(folder, "none") }),
    (error: unknown) => error instanceof LabError && error.code === "BAD_CLIENT",
  );
  assert.is(readSecurity(undefined), undefined);
  rmSync(folder, { recursive: true });
});
test("kafkajs and Kafka's own client are given the same", () => {
  const { ssl, sasl } = kafkajsSecurity(full);
  assert.equal(sasl, { mechanism: "plain", username: "me", password: "s3cret" } as never);
  assert.equal(ssl, { ca: authority.cert, cert: server.cert, key: SECRETS.key });
  assert.equal(javaSecurity(full), {
    "security.protocol": "SASL_SSL",
    "sasl.mechanism": "PLAIN",
    "sasl.jaas.config":
      "org.apache.kafka.common.security.plain.PlainLoginModule required " +
      'username="me" password="s3cret";',
    "ssl.truststore.type": "PEM",
    "ssl.truststore.certificates": authority.cert,
    "ssl.keystore.type": "PEM",
    "ssl.keystore.certificate.chain": server.cert,
    "ssl.keystore.key": SECRETS.key,
  });
  const quotes = new Security({ username: 'a"b\\', password: "x;y", protocol: "SASL_PLAINTEXT" });
  assert.ok(javaSecurity(quotes)["sasl.jaas.config"]!.includes('username="a\\"b\\\\" password="x;y";'));
  assert.equal([kafkajsSecurity(undefined), javaSecurity(undefined)], [{}, {}]);
});
test("what is written down of arguments has no secret", () => {
  const options = { name: "one", security: { username: "me", mechanism: "PLAIN", ...SECRETS } };
  const written = JSON.stringify(toPlain(options));
  assert.not.ok(/s3cret|a_k3y_of_kafka-1/.test(written), written);
  assert.ok(written.includes("PLAIN"));
  const properties = { "sasl.jaas.config": "s3cret", "ssl.keystore.key": "a_k3y_of_kafka-1", acks: "all" };
  const plain = toPlain({ properties, key: "a record's key" });
  assert.not.ok(/s3cret|a_k3y_of_kafka-1/.test(JSON.stringify(plain)));
  assert.is((plain as { key: string }).key, "a record's key");
  assert.is(
    (shownOptions({ key: "a_k3y_of_kafka-1", protocol: "SSL" }) as { protocol: string }).protocol,
    "SSL",
  );
  assert.equal(["acks", "key", "ssl.truststore.password"].map(isSecretName), [false, false, true]);
});
test("SCRAM-SHA-256 is that of RFC 7677's example", async () => {
  const scram = scramClient(
    "SCRAM-SHA-256",
    { username: "user", password: "pencil" },
    "rOprNGfwEbeRWgbNEkqO",
  );
  assert.is(scram.first, "n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
  const nonce = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
  const { text, isServers } = await scram.final(`r=${nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`);
  assert.is(text, `c=biws,r=${nonce},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=`);
  assert.ok(isServers("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="));
  assert.not.ok(isServers("v=AAAA"));
  const strange = scramClient("SCRAM-SHA-256", { username: "a,b=c", password: "x" }, "n");
  assert.is(strange.first, "n,,n=a=2Cb=3Dc,r=n");
  for (const answer of ["", "r=other,s=AAAA,i=4096", "r=n1,s=AAAA,i=2000000", "r=n1,s=AAAA,i=x"])
    assert.instance(await strange.final(answer).catch((error: unknown) => error), Error);
});
test("AlterUserScramCredentials is laid out as Kafka's definition has it", () => {
  const [salt, saltedPassword] = [Buffer.from("salt"), Buffer.from("salted")];
  const one = { user: "me", mechanism: "SCRAM-SHA-512", iterations: 4096, salt, saltedPassword } as const;
  const { api, version, flexible, body } = alterScramRequest([one]);
  assert.equal([api, version, flexible], [51, 0, true]);
  const expected = [1, 2, 3, ..."me".split("").map((c) => c.charCodeAt(0)), 2, 0, 0, 16, 0];
  assert.equal([...body], [...expected, 5, ...salt, 7, ...saltedPassword, 0, 0]);
  const answer = Buffer.from([0, 0, 0, 0, 0, 2, 3, 109, 101, 0, 29, 0, 0, 0]);
  assert.equal(decodeAlterScram(answer), [{ user: "me", errorCode: 29, errorMessage: null }]);
});
test("a certificate names its hosts, and is its authority's", () => {
  const [own, ca] = [new X509Certificate(server.cert), new X509Certificate(authority.cert)];
  assert.ok(own.verify(ca.publicKey));
  assert.equal([own.checkHost("kafka-1"), own.checkIP("127.0.0.1")], ["kafka-1", "127.0.0.1"]);
  assert.equal([ca.ca, own.ca, own.checkHost("kafka-2")], [true, false, undefined]);
  assert.ok(Date.parse(own.validTo) > Date.now());
});

/** A listener that answers each request with the given bytes. */
async function listen(
  make: (onSocket: (socket: net.Socket) => void) => net.Server,
  answers: Readonly<Record<number, Buffer>>,
): Promise<{ address: string; close(): void }> {
  const listener = make((socket) => {
    socket.on("error", () => {});
    let chunks = Buffer.alloc(0);
    socket.on("data", (chunk: Buffer) => {
      chunks = Buffer.concat([chunks, chunk]);
      while (chunks.length >= 4 && chunks.length >= 4 + chunks.readInt32BE(0)) {
        const [size, api] = [chunks.readInt32BE(0), chunks.readInt16BE(4)];
        const answer = answers[api] ?? Buffer.alloc(0);
        const head = Buffer.alloc(8);
        head.writeInt32BE(4 + answer.length, 0);
        head.writeInt32BE(chunks.readInt32BE(8), 4);
        socket.write(Buffer.concat([head, answer]));
        chunks = chunks.subarray(4 + size);
      }
    });
  });
  listener.on("tlsClientError", () => {});
  const open = new Set<net.Socket>();
  listener.on("connection", (socket: net.Socket) => open.add(socket));
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const { port } = listener.address() as AddressInfo;
  return { address: `127.0.0.1:${port}`, close: () => end(listener, open) };
}
function end(listener: net.Server, open: ReadonlySet<net.Socket>): void {
  listener.close();
  for (const socket of open) socket.destroy();
}
const encrypted =
  (options: tls.TlsOptions = {}): Parameters<typeof listen>[0] =>
  (onSocket) =>
    tls.createServer({ ...server, ...options }, onSocket);
const codeOf = (error: unknown): string => (error instanceof LabError ? error.code : String(error));
const asked = async (address: string, security: Security): Promise<string> => {
  const wire = openWire(address, security);
  const code = await wire.initProducerId(5_000).then(() => "answered", codeOf);
  wire.close();
  return code;
};

test("a connection trusts its authority alone, and only for the host that it dials", async () => {
  const good = await listen(encrypted(), {});
  const other = await listen(
    (onSocket) => tls.createServer(authority.issue("x", ["elsewhere"]), onSocket),
    {},
  );
  assert.is(await asked(good.address, new Security({ ca: authority.cert })), "answered");
  assert.is(await asked(good.address, new Security({ ca: makeAuthority("b").cert })), "TLS_HANDSHAKE");
  assert.is(await asked(other.address, new Security({ ca: authority.cert })), "TLS_HANDSHAKE");
  for (const one of [good, other]) one.close();
});
// what a broker answers to a certificate that it does not accept is in test/live/secure.test.ts: a server of
// Node's closes the connection without an alert
test("mutual TLS: a client shows the certificate that it was given", async () => {
  const ca = authority.cert;
  const strict = await listen(encrypted({ requestCert: true, rejectUnauthorized: true, ca }), {});
  assert.is(await asked(strict.address, new Security({ ca, ...authority.issue("me") })), "answered");
  assert.is.not(await asked(strict.address, new Security({ ca })), "answered");
  strict.close();
});
test("a refused password and an unknown mechanism are AUTHENTICATION, with the broker's text", async () => {
  const text = Buffer.from("no such user");
  const accepted = Buffer.from([0, 0, 0, 0, 0, 0]);
  const refused = Buffer.concat([Buffer.from([0, 58, 0, text.length]), text, Buffer.from([0, 0, 0, 0])]);
  const plain: Parameters<typeof listen>[0] = (onSocket) => net.createServer(onSocket);
  const one = await listen(plain, { 17: accepted, 36: refused });
  const security = new Security({ protocol: "SASL_PLAINTEXT", username: "me", password: "s3cret" });
  const wire = openWire(one.address, security);
  const error = await wire.metadata(null, 5_000).catch((thrown: unknown) => thrown as LabError);
  assert.ok(error instanceof LabError && error.code === "AUTHENTICATION");
  assert.ok(error.message.includes("no such user") && !error.message.includes("s3cret"));
  wire.close();
  const unknown = await listen(plain, { 17: Buffer.from([0, 33, 0, 0, 0, 0]) });
  assert.is(await asked(unknown.address, security), "AUTHENTICATION");
  for (const listener of [one, unknown]) listener.close();
});
test("failures of the network are none of trust", () => {
  const failure = (code: string, message = code): boolean =>
    isRefusal(tlsFailure("a:1", Object.assign(new Error(message), { code })));
  for (const code of [
    "ECONNREFUSED",
    "ECONNRESET",
    "ETIMEDOUT",
    "EAI_AGAIN",
    "ENOTFOUND",
    "TIMEOUT",
    "EPIPE",
  ])
    assert.not.ok(failure(code), code);
  for (const code of [
    "SELF_SIGNED_CERT_IN_CHAIN",
    "CERT_HAS_EXPIRED",
    "ERR_TLS_CERT_ALTNAME_INVALID",
    "EPROTO",
  ])
    assert.ok(failure(code), code);
  assert.ok(isRefusal(tlsFailure("a:1", new Error("invalid peer certificate: UnknownIssuer"))));
  assert.not.ok(isRefusal(tlsFailure("a:1", new Error("something else"))));
});
test("a Java client's log says why it is refused, until it was answered once", () => {
  const said = (...texts: string[]): string[] => {
    const codes: string[] = [];
    const { read } = followRefusals(full, ({ code }) => codes.push(code));
    for (const text of texts) {
      const line = readLine(`2026-11-25T00:41:50.296Z ERROR org.apache.kafka.clients.NetworkClient ${text}`);
      if (line.kind === "log") read(line);
    }
    return codes;
  };
  const failed = "Connection to node -1 (localhost/127.0.0.1:29291) failed authentication due to:";
  const password = `${failed} Authentication failed: Invalid username or password`;
  assert.equal(said(password, password), ["AUTHENTICATION"]);
  assert.equal(said(`[Producer clientId=a] ${failed} SSL handshake failed`), ["TLS_HANDSHAKE"]);
  assert.equal(said("Received METADATA response from node 1 for request", password), []);
});
test.run();
