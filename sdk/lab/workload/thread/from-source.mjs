// Begins the clients' thread from its source under a Node that does not read TypeScript by itself: tsx, which
// runs the repository's programs, is not active in their threads.

import { register } from "tsx/esm/api";

register();
await import("./entry.ts");
