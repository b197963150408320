import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { acquireLock } from "./lock.ts";
import { readProcess } from "./process-info.ts";

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), "tintype-lock-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

test("a second run is told who is running", () => {
  const file = path.join(dir, "running.lock");
  const unlock = acquireLock(file);
  expect(() => acquireLock(file)).toThrow(
    `already running in this folder (process ${process.pid})`,
  );
  unlock();
  acquireLock(file)();
  expect(readdirSync(dir)).toEqual([]);
});

test.each([
  ["a process that is gone", { pid: 2 ** 22 + 1, startedAt: "1" }],
  ["another process with the same number", { pid: process.pid, startedAt: "long ago" }],
])("a lock left by %s does not count", (_case, holder) => {
  const file = path.join(dir, "running.lock");
  writeFileSync(file, JSON.stringify(holder));
  acquireLock(file)();
  expect(existsSync(file)).toBe(false);
});

test("this process knows itself and its parent", () => {
  expect(readProcess(process.pid)).toMatchObject({ pid: process.pid, parentPid: process.ppid });
  expect(readProcess(2 ** 22 + 1)).toBeUndefined();
});
