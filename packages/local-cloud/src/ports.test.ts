import { once } from "node:events";
import { createServer } from "node:net";
import { afterEach, expect, test } from "vitest";
import { freePort } from "./ports.ts";

const servers: ReturnType<typeof createServer>[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function take(port: number, host: string): Promise<void> {
  const server = createServer().listen(port, host);
  servers.push(server);
  await once(server, "listening");
}

test("a preferred port is given when nobody has it", async () => {
  const port = await freePort();
  expect(await freePort(port)).toBe(port);
});

test.each(["127.0.0.1", "::1"])(
  "a preferred port taken on %s gives way to a free one",
  async (host) => {
    const port = await freePort();
    await take(port, host);
    expect(await freePort(port)).not.toBe(port);
  },
);
