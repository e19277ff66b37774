// Network faults on containers, behind the Network port.

export { type DockerNetwork, makeNetwork } from "./network.ts";
