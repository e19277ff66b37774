// Which engine runs the matrix: decided once, so that the runs of one matrix do not come from two.

import { doctor, type MachineCheck } from "@kafka-failure-lab/sdk";

/**
 * Takes docker for `auto` where a daemon and compose answer and the posted cluster's image is here, else
 * local.
 */
export async function engineOf(
  asked: "auto" | "local" | "docker",
  env: Readonly<Record<string, string | undefined>>,
): Promise<"local" | "docker"> {
  if (asked !== "auto") return asked;
  const { engines, checks } = await doctor({ env });
  const isPosted = ({ name }: MachineCheck): boolean =>
    name === `image ${env["LAB_BITNAMI_IMAGE"]}` || /^image .*bitnami/.test(name);
  const hasDocker =
    engines.some(({ engine, works }) => engine === "docker" && works) &&
    checks.some((check) => isPosted(check) && check.state === "ok");
  return hasDocker ? "docker" : "local";
}
