import { freePort } from "@tintype/local-cloud/ports";
import { afterEach, expect, test } from "vitest";
import { Backoff } from "./backoff.ts";
import { Parts } from "./parts.ts";

let parts = new Parts();
afterEach(async () => {
  await parts.stop();
  parts = new Parts();
});

/** Answers 503 twice, as a server does that still connects, and then 200. */
const SERVER = `
  let asked = 0;
  require("node:http").createServer((request, response) => {
    response.statusCode = ++asked > 2 ? 200 : 503;
    response.end();
  }).listen(Number(process.env.PORT), "127.0.0.1", () => console.log("listening\\nhalf a "));`;

async function launch(name: string, script: string, onLine?: (name: string, line: string) => void) {
  const port = await freePort();
  const readyUrl = `http://127.0.0.1:${port}/readyz`;
  parts.launch({
    name,
    command: [process.execPath, "-e", script],
    cwd: "/",
    env: { PORT: String(port) },
    readyUrl,
    ...(onLine ? { onLine } : {}),
  });
  return readyUrl;
}

test("ready means every program answers, and its lines carry its name", async () => {
  const lines: string[] = [];
  const url = await launch("server", SERVER, (name, line) => lines.push(`${name}: ${line}`));
  await parts.ready();
  expect((await fetch(url)).status).toBe(200);
  expect(lines).toContain("server: listening");
});

test("a program that ends during the start is named, with its last words", async () => {
  await launch("server", SERVER);
  await launch("worker", "console.error('no database'); process.exit(7)");
  await expect(parts.ready()).rejects.toThrow(
    /worker ended \(exit code 7\)\. Its last words:\nno database/,
  );
});

const said: string[] = [];
const restarting = () => {
  said.length = 0;
  parts = new Parts({ firstDelayMs: 1, say: (line) => said.push(line) });
};

test("a part that dies is started again and said, as often as it dies, and the others go on", async () => {
  restarting();
  const url = await launch("server", SERVER);
  const mortal = `${SERVER} console.log("pid " + process.pid);`;
  let pid = 0;
  const workerUrl = await launch("worker", mortal, (_name, line) => {
    if (line.startsWith("pid ")) pid = Number(line.slice(4));
  });
  await parts.ready();
  for (let death = 1; death <= 2; death++) {
    process.kill(pid, "SIGKILL");
    await expect
      .poll(() => said.filter((line) => line === "worker is ready again.").length)
      .toBe(death);
    expect((await fetch(workerUrl)).status).toBe(200);
  }
  expect(said[0]).toMatch(/^worker ended \(exit code 137\)\. Starting it again in 0\.001 s\.$/);
  expect(said.some((line) => line.startsWith("server"))).toBe(false);
  expect((await fetch(url)).status).toBe(200);
});

test("a part that waits for its new start is not started any more after a stop", async () => {
  said.length = 0;
  parts = new Parts({ firstDelayMs: 60_000, say: (line) => said.push(line) });
  let pid = 0;
  await launch("worker", `${SERVER} console.log("pid " + process.pid);`, (_name, line) => {
    if (line.startsWith("pid ")) pid = Number(line.slice(4));
  });
  await parts.ready();
  process.kill(pid, "SIGKILL");
  await expect
    .poll(() => said)
    .toEqual(["worker ended (exit code 137). Starting it again in 30 s."]);
  await parts.stop();
});

test("the time before a new start grows to half a minute, and begins anew after a healthy minute", () => {
  let now = 0;
  const backoff = new Backoff(1_000, () => now);
  const delays = Array.from({ length: 7 }, () => backoff.next());
  expect(delays).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  backoff.isUp();
  now += 59_000;
  expect(backoff.next()).toBe(30_000);
  backoff.isUp();
  now += 60_000;
  expect(backoff.next()).toBe(1_000);
});

test("a service is started again until it comes, and the new one is stopped at the end", async () => {
  restarting();
  const death = Promise.withResolvers<string>();
  const stopped: string[] = [];
  let attempts = 0;
  parts.add({
    env: {},
    urls: [["PostgreSQL", "postgres://somewhere"]],
    exited: death.promise,
    stop: async () => void stopped.push("old"),
    revive: async () => {
      if (++attempts < 3) throw new Error("its shared memory is still in use");
      return { exited: new Promise(() => {}), stop: async () => void stopped.push("new") };
    },
  });
  death.resolve("SIGKILL");
  await expect.poll(() => said.at(-1)).toBe("PostgreSQL is ready again.");
  expect(said.slice(0, 2)).toEqual([
    "PostgreSQL ended (SIGKILL). Starting it again in 0.001 s.",
    "PostgreSQL did not start (Error: its shared memory is still in use). Starting it again in 0.002 s.",
  ]);
  await parts.stop();
  expect(stopped).toEqual(["new"]);
});

test("after a stop nothing answers any more", async () => {
  const url = await launch("server", SERVER);
  await parts.ready();
  await parts.stop();
  await expect(fetch(url)).rejects.toThrow();
  const outcome = await Promise.race([parts.failed, Promise.resolve("nothing failed")]);
  expect(outcome).toBe("nothing failed");
});

test("a service that cannot be started again is a failure when it goes away", async () => {
  parts.add({
    env: {},
    urls: [["PostgreSQL", "postgres://somewhere"]],
    exited: Promise.resolve("SIGKILL"),
    stop: async () => undefined,
  });
  expect(await parts.failed).toBe("PostgreSQL ended (SIGKILL).");
});
