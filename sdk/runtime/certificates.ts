// Certificates for clusters that live as long as a lab: an authority of one's own, and what it signs (X.509,
// RFC 5280). Written by hand because neither Node nor Deno signs certificates, and openssl is not on every
// machine.

import { Buffer } from "node:buffer";
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import net from "node:net";
import { bits, boolean, integer, objectId, octets, sequence, set, tagged, utcTime, utf8 } from "./der.ts";

/** A certificate and its private key, both as PEM; the key in PKCS 8. */
export interface Certified {
  readonly cert: string;
  readonly key: string;
}

/** An authority that signs certificates. */
export interface Authority {
  /** Its own certificate, as PEM: who trusts it trusts what it has signed. */
  readonly cert: string;
  /** Signs a certificate for a server or a client with these host names and addresses. */
  issue(name: string, hosts?: readonly string[]): Certified;
}

const DAY_MS = 86_400_000;
/** A kept cluster may run for long; nobody trusts the authority beside its own lab. */
const VALID_DAYS = 365;

/** Makes an authority with a key of its own, which is forgotten with it. */
export function makeAuthority(name: string): Authority {
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const own: Issuer = { name, key: pair.privateKey, keyId: keyIdOf(pair.publicKey) };
  const cert = certificate(own, { name, publicKey: pair.publicKey, extensions: AUTHORITY });
  return {
    cert,
    issue(subject, hosts = []) {
      const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
      const extensions = hosts.length === 0 ? LEAF : [...LEAF, extension("2.5.29.17", namesOf(hosts))];
      return {
        cert: certificate(own, { name: subject, publicKey, extensions }),
        key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
      };
    },
  };
}

interface Issuer {
  name: string;
  key: KeyObject;
  keyId: Buffer;
}

interface Subject {
  name: string;
  publicKey: KeyObject;
  extensions: readonly Buffer[];
}

const ECDSA_WITH_SHA256 = sequence(objectId("1.2.840.10045.4.3.2"));

function certificate(issuer: Issuer, { name, publicKey, extensions }: Subject): string {
  const now = Date.now();
  const body = sequence(
    tagged(0, integer(Buffer.from([2]))), // version 3
    integer(serial()),
    ECDSA_WITH_SHA256,
    commonName(issuer.name),
    sequence(utcTime(now - DAY_MS), utcTime(now + VALID_DAYS * DAY_MS)),
    commonName(name),
    publicKey.export({ type: "spki", format: "der" }),
    tagged(
      3,
      sequence(
        ...extensions,
        extension("2.5.29.14", octets(keyIdOf(publicKey))),
        extension("2.5.29.35", sequence(tagged(0, issuer.keyId, { isPrimitive: true }))),
      ),
    ),
  );
  const der = sequence(body, ECDSA_WITH_SHA256, bits(sign("sha256", body, issuer.key)));
  const lines = der.toString("base64").match(/.{1,64}/g)!;
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}

/** Positive, and not to be guessed. */
function serial(): Buffer {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0]! & 0x7f) | 0x40;
  return bytes;
}

function commonName(name: string): Buffer {
  return sequence(set(sequence(objectId("2.5.4.3"), utf8(name))));
}

function keyIdOf(publicKey: KeyObject): Buffer {
  const spki = publicKey.export({ type: "spki", format: "der" });
  return createHash("sha1").update(spki.subarray(-65)).digest(); // the point of the curve
}

function extension(id: string, value: Buffer, { isCritical = false } = {}): Buffer {
  return sequence(objectId(id), ...(isCritical ? [boolean(true)] : []), octets(value));
}

const [BASIC_CONSTRAINTS, KEY_USAGE] = ["2.5.29.19", "2.5.29.15"] as const;

/** It signs certificates, and nothing else. */
const AUTHORITY: readonly Buffer[] = [
  extension(BASIC_CONSTRAINTS, sequence(boolean(true)), { isCritical: true }),
  extension(KEY_USAGE, bits(Buffer.from([0x06]), 1), { isCritical: true }),
];

/** For servers and clients. */
const LEAF: readonly Buffer[] = [
  extension(BASIC_CONSTRAINTS, sequence(), { isCritical: true }),
  extension(KEY_USAGE, bits(Buffer.from([0x80]), 7), { isCritical: true }),
  extension("2.5.29.37", sequence(objectId("1.3.6.1.5.5.7.3.1"), objectId("1.3.6.1.5.5.7.3.2"))),
];

function namesOf(hosts: readonly string[]): Buffer {
  return sequence(
    ...hosts.map((host) =>
      net.isIPv4(host)
        ? tagged(7, Buffer.from(host.split(".").map(Number)), { isPrimitive: true })
        : tagged(2, Buffer.from(host, "ascii"), { isPrimitive: true }),
    ),
  );
}
