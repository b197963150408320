import { run } from "./run.ts";

// npm run dev: everything on one machine, with Vite in front. `-- --reset` starts over.
await run("development");
