import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { superviseProcess } from "./supervised-process.ts";

/** Starts a child of its own, tells both pids, and runs until it is told to end. */
const FAMILY = `
  const child = require("node:child_process").spawn("sleep", ["600"]);
  process.stdout.write("pids " + process.pid + " " + child.pid + " end\\n");`;

async function gone(pid: number): Promise<void> {
  for (const deadline = Date.now() + 30_000; ; await delay(20)) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    if (Date.now() > deadline) throw new Error(`process ${pid} is still there`);
  }
}

async function pidsOf(log: () => string, logged: (text: string) => Promise<boolean>) {
  expect(await logged(" end")).toBe(true);
  const [, program, child] = log().match(/pids (\d+) (\d+) end/) ?? [];
  return [Number(program), Number(child)] as const;
}

test("stopping a program stops what it started, too", async () => {
  const family = superviseProcess([process.execPath, "-e", FAMILY]);
  const [program, child] = await pidsOf(family.log, family.logged);
  await family.stop();
  await Promise.all([gone(program), gone(child)]);
});

test("a program that ignores its signal is killed after the grace time", async () => {
  const deaf = `process.on("SIGTERM", () => {}); ${FAMILY}`;
  const family = superviseProcess([process.execPath, "-e", deaf], { graceSeconds: 0.2 });
  const [program, child] = await pidsOf(family.log, family.logged);
  await family.stop();
  expect(await family.exited).toBe("SIGKILL");
  await Promise.all([gone(program), gone(child)]);
});

test("a crash is told with its exit code and last words", async () => {
  const crash = 'console.error("last words"); process.exit(3)';
  const program = superviseProcess([process.execPath, "-e", crash]);
  expect(await program.exited).toBe("exit code 3");
  expect(program.log()).toContain("last words");
  expect(await program.logged("never written")).toBe(false);
});

test("a program that does not exist is told, not thrown", async () => {
  const program = superviseProcess(["/nowhere/to/be/found"]);
  expect(await program.exited).toBe("exit code 127");
});

test("nothing outlives a parent that is killed with SIGKILL", async () => {
  const module = JSON.stringify(path.join(import.meta.dirname, "supervised-process.ts"));
  const parentProgram = `
    const { superviseProcess } = await import(${module});
    superviseProcess([process.execPath, "-e", ${JSON.stringify(FAMILY)}], {
      onOutput: (chunk) => process.stdout.write(chunk) });`;
  const parent = spawn(process.execPath, ["--input-type=module", "-e", parentProgram], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(createInterface(parent.stdout), "line")) as [string];
  const [, program, child] = line.match(/pids (\d+) (\d+) end/) ?? [];

  parent.kill("SIGKILL");

  await Promise.all([gone(Number(program)), gone(Number(child))]);
});
