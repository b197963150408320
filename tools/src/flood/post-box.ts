import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export type PostBox = { url: string; bodies: string[]; close: () => Promise<void> };

/** Where the emulator delivers to: everything is taken and kept, so that it can be told to our server in disorder. */
export async function openPostBox(): Promise<PostBox> {
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    bodies.push(await text(request));
    response.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    bodies,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The header that Stripe documents; made when a body is sent, for it is good for five minutes. */
export function signatureOf(body: string, secret: string): string {
  const time = Math.floor(Date.now() / 1_000);
  const digest = createHmac("sha256", secret).update(`${time}.${body}`).digest("hex");
  return `t=${time},v1=${digest}`;
}
