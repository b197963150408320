import { freePort } from "@tintype/local-cloud/ports";
import { afterEach, expect, test } from "vitest";
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

test("a crash later on is told; a stop is no crash", async () => {
  await launch("server", `${SERVER} setTimeout(() => process.kill(process.pid, "SIGKILL"), 300)`);
  await parts.ready();
  expect(await parts.failed).toMatch(/^server ended \(exit code 137\)/);
});

test("after a stop nothing answers any more", async () => {
  const url = await launch("server", SERVER);
  await parts.ready();
  await parts.stop();
  await expect(fetch(url)).rejects.toThrow();
  const outcome = await Promise.race([parts.failed, Promise.resolve("nothing failed")]);
  expect(outcome).toBe("nothing failed");
});

test("a service that goes away by itself is a failure, too", async () => {
  parts.add({
    env: {},
    urls: [["PostgreSQL", "postgres://somewhere"]],
    exited: Promise.resolve("SIGKILL"),
    stop: async () => undefined,
  });
  expect(await parts.failed).toBe("PostgreSQL ended (SIGKILL).");
});
