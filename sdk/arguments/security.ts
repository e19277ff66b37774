// The schema of the option `security`. No message quotes a password or a PEM.

import { SASL_MECHANISMS, SECURITY_PROTOCOLS, type SecurityOptions } from "../model/security.ts";
import { fields, type Schema } from "./checked.ts";
import * as is from "./values.ts";

const pem = is.secret("the path of a PEM file, or its text", 1_000_000);

/** How a client authenticates and encrypts. */
export const securityOptions: Schema<SecurityOptions> = fields<SecurityOptions>({
  protocol: is.word(...SECURITY_PROTOCOLS),
  mechanism: is.word(...SASL_MECHANISMS),
  username: is.text("a user's name", 1_000),
  password: is.secret("a password", 10_000),
  ca: pem,
  cert: pem,
  key: pem,
});
