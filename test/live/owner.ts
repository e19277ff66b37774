// A program for guardian.test.ts: owns a lab, and says when it has come to each moment at which it may be
// ended.
//
//   MOMENT  start | boot | load | wait | stop | stopping | kill | java | pause | isolate | delay |
//           disk | power | conclude | close | throw | exit | forget
//           then `keep`, or `attach PROJECT`

import process from "node:process";
import { attachLab, startLab } from "@kafka-failure-lab/sdk";

const moment = process.argv[2];
const keep = process.argv[3] === "keep";
const project = process.argv[3] === "attach" ? process.argv[4] : undefined;
const here = (at: string): void => void (at === moment && console.log(`at ${at}`));
console.log("at start");
const common = { scenario: "test-guardian", onProgress: false } as const;
const starting =
  project === undefined
    ? startLab({ ...common, compose: ["one-broker"], timers: "fast", keep })
    : attachLab({ ...common, project });
if (moment === "boot") {
  const { brokerProcesses, until } = await import("./outside.ts");
  await until("a broker process", () => brokerProcesses(process.pid).length > 0);
  here("boot");
}
const lab = await starting;
const load = lab.probe.start({ perSecond: 100 });
await load.acknowledged(20);
here("load");
if (moment === "throw") throw new Error("thrown on purpose");
if (moment === "exit") process.exit(7);
// a client keeps its program alive until it is closed, a lab does not
if (moment === "forget") await lab.probe.close();
if (moment === "wait") {
  here("wait");
  await lab.cluster.waitFor(() => false);
}
if (moment === "stop") {
  const { children, until } = await import("./outside.ts");
  const stopping = lab.cluster.stop(1);
  await until("docker stop is under way", () =>
    children(process.pid).some((args) => args.startsWith("docker stop")),
  );
  here("stop");
  await stopping;
}
if (moment === "java") {
  await lab.probe({ client: "java", name: "single" }).send();
  await lab.probe({ client: "java", name: "stream" }).start({ perSecond: 20 }).acknowledged(5);
  here("java");
}
if (moment === "kill") {
  await lab.cluster.kill(1);
  console.log(`client ${lab.bootstrap[0]}`);
  here("kill");
}
if (moment === "stopping") {
  const stopping = lab.cluster.stop(1);
  console.log(`client ${lab.bootstrap[0]}`);
  here("stopping");
  await stopping;
}
if (moment === "pause") {
  await lab.cluster.pause(1);
  here("pause");
}
if (moment === "isolate") {
  await lab.net.isolate(1, { path: "clients" });
  console.log(`client ${lab.bootstrap[0]}`);
  here("isolate");
}
if (moment === "disk") {
  await lab.disk.hang(1);
  console.log(`client ${lab.bootstrap[0]}`);
  here("disk");
}
if (moment === "power") {
  await lab.disk.forget(1);
  console.log(`client ${lab.bootstrap[0]}`);
  await lab.cluster.kill(1);
  here("power");
}
if (moment === "delay") {
  await lab.net.delay(1, 250, { prove: false });
  here("delay");
}
if (moment === "conclude" || moment === "close") {
  await load.stop();
  const ending = moment === "close" ? lab.close() : lab.conclude({ print: false });
  here(moment);
  await ending;
}
