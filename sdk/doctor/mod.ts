// What this machine can do, and the command that adds what is missing.
//
//   doctor ─┬─ runtime   Node or Deno, Java
//           ├─ kafka     the jars, where they would come from, the class-data archive
//           ├─ folders   the labs' state and the cache, and who can write to them
//           ├─ room      ports, disk, memory
//           ├─ docker    client, daemon, compose, images
//           └─ kernel    netem (tried, not guessed), NET_ADMIN
//
// Every check is bounded and looks only: nothing is fetched, nothing is left behind, and no network but
// loopback is used.

export type { DoctorOptions, EngineState, MachineCheck, Report } from "./report.ts";
export { doctor } from "./doctor.ts";
