import { fork } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { residentBytes, watchMemory } from "./memory.ts";

test("a child that takes more memory than it may have is killed", async () => {
  const child = fork(new URL("./test-hog.ts", import.meta.url), { stdio: "ignore" });
  const stop = watchMemory(child, 300_000_000);
  const [, signal] = await once(child, "exit");
  stop();
  expect(signal).toBe("SIGKILL");
});

test("a process that is gone holds no memory", async () => {
  expect(await residentBytes(2 ** 22 + 1)).toBe(0);
});
