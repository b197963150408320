import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { foreignCaller } from "../foreign-caller.ts";
import { listPage, mailPage } from "./inbox-page.ts";
import type { Mailbox } from "./mailbox.ts";

/** The page for people and, for tests, `GET /api/messages?to=`: newest first, as JSON. */
export async function startInbox(mailbox: Mailbox, port: number) {
  const http = createServer((request, response) => send(response, answer(mailbox, request)));
  http.listen(port, "127.0.0.1");
  await once(http, "listening");
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    stop: async () => {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

type Answer = { status: number; type: string; body: string };

const html = (body: string): Answer => ({ status: 200, type: "text/html", body });
const refusal = (status: number, body: string): Answer => ({ status, type: "text/plain", body });

function answer(mailbox: Mailbox, request: IncomingMessage): Answer {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://inbox");
  const foreign = foreignCaller(request);
  if (foreign !== undefined) return refusal(403, foreign);
  if (request.method !== "GET") return refusal(405, "Only GET");
  if (pathname === "/") return html(listPage(mailbox.list()));
  if (pathname === "/api/messages") {
    const mails = mailbox.list(searchParams.get("to") ?? undefined);
    return { status: 200, type: "application/json", body: JSON.stringify(mails) };
  }
  const mail = mailbox.find(pathname.match(/^\/messages\/([\w-]+)$/)?.[1] ?? "");
  return mail ? html(mailPage(mail)) : refusal(404, "No such page");
}

function send(response: ServerResponse, { status, type, body }: Answer): void {
  response.writeHead(status, {
    "content-type": `${type}; charset=utf-8`,
    "cache-control": "no-store",
    // Mails are written by whoever sends them: nothing in one may run here.
    "content-security-policy": "script-src 'none'",
  });
  response.end(body);
}
