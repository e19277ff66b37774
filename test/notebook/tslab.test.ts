import { behaviourOf } from "./behaviour.ts";

behaviourOf("tslab");
