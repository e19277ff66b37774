// How a client proves who it is, and how its connections are encrypted: Kafka's security.protocol,
// sasl.mechanism and ssl.*, as one value. What turns it into node:tls, SASL frames, kafkajs's and Java's
// settings is in kafka/security/ and client/security.ts.

/** Kafka's security protocols besides PLAINTEXT. */
export const SECURITY_PROTOCOLS = ["SASL_SSL", "SSL", "SASL_PLAINTEXT"] as const;
export const SASL_MECHANISMS = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] as const;

/** Kafka's `security.protocol`. */
export type SecurityProtocol = (typeof SECURITY_PROTOCOLS)[number];
/** Kafka's `sasl.mechanism`. */
export type SaslMechanism = (typeof SASL_MECHANISMS)[number];

/**
 * How clients authenticate and encrypt. A PEM is the path of a file, or its text.
 *
 * For a probe each option that is not given is the lab's.
 */
export interface SecurityOptions {
  /** Kafka's `security.protocol`. @default "SASL_SSL" with a user name, otherwise "SSL" */
  protocol?: SecurityProtocol;
  /** Kafka's `sasl.mechanism`. @default "PLAIN" */
  mechanism?: SaslMechanism;
  /** The user of SASL. */
  username?: string;
  /** The user's password. It is in no history, no error and no text that the lab prints. */
  password?: string;
  /** PEM: the certificates that are trusted. @default those of the system */
  ca?: string;
  /** PEM: the client's own certificate, for brokers that require one (mutual TLS). */
  cert?: string;
  /** PEM: the private key of `cert`, in PKCS 8 and without a password. */
  key?: string;
}

/** What may be shown of it. */
export interface ShownSecurity {
  /** Kafka's `security.protocol`. */
  protocol: SecurityProtocol;
  /** Kafka's `sasl.mechanism`; absent without SASL. */
  mechanism?: SaslMechanism;
  /** The user of SASL; absent without SASL. */
  username?: string;
  /** Whether the client shows a certificate; absent without TLS. */
  hasCertificate?: boolean;
}

/** The options that are no secrets; PEMs are texts here. */
type Public = Pick<SecurityOptions, "username" | "ca" | "cert">;

/** Security that can be used: complete, with PEMs as texts. Neither JSON nor a console shows its secrets. */
export class Security {
  readonly protocol: SecurityProtocol;
  readonly mechanism: SaslMechanism;
  readonly username: string | undefined;
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly #password: string | undefined;
  readonly #key: string | undefined;

  /** @throws TypeError for what cannot work together */
  constructor(options: SecurityOptions) {
    const { username, ca, cert }: Public = options;
    this.protocol = options.protocol ?? (username === undefined ? "SSL" : "SASL_SSL");
    this.mechanism = options.mechanism ?? "PLAIN";
    this.username = username;
    this.ca = ca;
    this.cert = cert;
    this.#password = options.password;
    this.#key = options.key;
    if (this.isSasl && (username === undefined || options.password === undefined))
      throw new TypeError(`Cannot use security: ${this.protocol} needs both username and password`);
    if ((cert === undefined) !== (options.key === undefined))
      throw new TypeError("Cannot use security: a client's certificate needs both cert and key");
  }

  get isTls(): boolean {
    return this.protocol !== "SASL_PLAINTEXT";
  }

  get isSasl(): boolean {
    return this.protocol !== "SSL";
  }

  /** The secrets, for whoever writes them to a connection or to a private file, and nobody else. */
  reveal(): { password: string; key: string | undefined } {
    return { password: this.#password ?? "", key: this.#key };
  }

  /** The same for a listener of another protocol; undefined where it has nothing to show there. */
  on(protocol: string): Security | undefined {
    const known = SECURITY_PROTOCOLS.find((one) => one === protocol.toUpperCase());
    if (known === undefined || (known !== "SSL" && this.username === undefined)) return undefined;
    return this.with({ protocol: known });
  }

  /** The same with some options in place of its own. */
  with(options: SecurityOptions): Security {
    return new Security({ ...this.options(), ...options });
  }

  /** What it was made of, with the secrets. */
  options(): SecurityOptions {
    const { protocol, mechanism, username, ca, cert } = this;
    const own: SecurityOptions = { protocol, mechanism };
    const rest = { username, ca, cert, password: this.#password, key: this.#key };
    for (const [name, value] of Object.entries(rest)) if (value !== undefined) own[name as "ca"] = value;
    return own;
  }

  shown(): ShownSecurity {
    const { protocol, mechanism, username, cert } = this;
    return shownSecurity({ protocol, mechanism, ...(username && { username }), ...(cert && { cert }) });
  }

  toJSON(): ShownSecurity {
    return this.shown();
  }
}

/** What may be shown of options, as far as they say it themselves. */
export function shownSecurity({ protocol, mechanism, username, cert }: SecurityOptions): ShownSecurity {
  const own = protocol ?? (username === undefined && mechanism === undefined ? "SSL" : "SASL_SSL");
  return {
    protocol: own,
    ...(own !== "SSL" && { mechanism: mechanism ?? "PLAIN" }),
    ...(own !== "SSL" && username !== undefined && { username }),
    ...(own !== "SASL_PLAINTEXT" && { hasCertificate: cert !== undefined }),
  };
}

/** What stands in place of a secret. */
export const HIDDEN = "(hidden)";

/** Names of settings whose values are secrets, Kafka's and the lab's. */
export function isSecretName(name: string): boolean {
  return /password|secret|jaas|credential|token|\.key$/i.test(name);
}

/** Settings as they may stand in a history: without the values of secrets. */
export function shownSettings<S extends { readonly properties: Readonly<Record<string, string>> }>(
  settings: S,
): S {
  const shown = Object.entries(settings.properties).map(([name, value]) => [
    name,
    isSecretName(name) ? HIDDEN : value,
  ]);
  return { ...settings, properties: Object.fromEntries(shown) as Record<string, string> };
}

/** Options of security as they may be written down: without secrets. */
export function shownOptions(options: unknown): unknown {
  if (typeof options !== "object" || options === null) return HIDDEN;
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => [
      name,
      name === "key" || isSecretName(name) ? HIDDEN : value,
    ]),
  );
}
