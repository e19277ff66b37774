import { behaviourOf } from "./behaviour.ts";

behaviourOf("deno");
