import { setTimeout as wait } from "node:timers/promises";

// Takes memory outside the JavaScript heap until somebody stops it, at most 800 MB.
const taken: Buffer[] = [];
for (let i = 0; i < 80; i++) {
  taken.push(Buffer.alloc(10_000_000, 1));
  await wait(20);
}
await wait(10_000);
process.exit(taken.length);
