export { dial, readyEvent, splitAddress, tlsOptions } from "./dial.ts";
export { authenticationFailure, isRefusal, type Refused, tlsFailure, tlsRefusal } from "./failure.ts";
export { secured } from "./secured.ts";
export { MIN_ITERATIONS, saltedPassword, type ScramMechanism } from "./scram.ts";
