import { run } from "./run.ts";

// npm start: the production shape. The server serves the built SPA; the worker is a process of its own.
await run("production");
