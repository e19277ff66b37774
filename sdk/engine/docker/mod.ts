// Containers behind the Engine port.

export { type AttachOptions, attachDocker, type DockerOptions, openDocker } from "./docker.ts";
export { type Cli, findCli, hasNoProgram, isElsewhere } from "./cli.ts";
export { ensureImages } from "./images.ts";
export { imagesOf, quickStart } from "./overrides.ts";
export { sweepContainers } from "./removal.ts";
export { servicesOfProject } from "./attach.ts";
