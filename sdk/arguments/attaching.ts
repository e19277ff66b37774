// Schemas of the options of `attachLab`: a compose project, or bootstrap servers.

import * as v from "valibot";
import type { AttachBootstrapOptions, AttachOptions, AttachProjectOptions } from "../lab/lab.ts";
import { fields, type Schema } from "./checked.ts";
import { bootstrapAddress, common } from "./options.ts";
import * as is from "./values.ts";

const attachProject: Schema<AttachProjectOptions> = fields<AttachProjectOptions>(
  { ...common, project: is.text("a compose project's name", 200) },
  ["project"],
);
const servers: Schema<readonly string[]> = v.pipe(
  is.listOf(bootstrapAddress, "a list of host:port"),
  v.check((one) => one.length > 0, "a list of host:port, at least one"),
);
const attachBootstrap: Schema<AttachBootstrapOptions> = fields<AttachBootstrapOptions>(
  { ...common, bootstrap: servers },
  ["bootstrap"],
);
export const attachOptions: Schema<AttachOptions> = v.lazy(
  (one): Schema<AttachOptions> =>
    typeof one === "object" && one !== null && "bootstrap" in one ? attachBootstrap : attachProject,
);
