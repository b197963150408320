import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { keepAsking } from "./clients.ts";
import type { Sample } from "./statistics.ts";

export type HttpRequest = {
  method: "GET" | "POST";
  path: string;
  /** Beside those of every request; names in lower case. */
  headers?: Record<string, string>;
  body?: string;
};

const END_OF_HEAD = "\r\n\r\n";

/**
 * One keep-alive connection that asks and waits. Written on sockets because the generator shares the processors with
 * what it measures: fetch costs more than some of the servers' own work.
 */
export class HttpConnection {
  readonly #socket: Socket;
  readonly #host: string;
  #seen = "";
  #answered: ((answer: string) => void) | undefined;
  #failed: ((error: Error) => void) | undefined;

  private constructor(socket: Socket, host: string) {
    this.#socket = socket;
    this.#host = host;
    socket.setNoDelay(true);
    socket.setEncoding("latin1");
    socket.on("data", (part: string) => this.#take(part));
    socket.on("error", (error) => this.#failed?.(error));
    socket.on("close", () => this.#failed?.(new Error("the server closed the connection")));
  }

  static async open(url: string): Promise<HttpConnection> {
    const { hostname, port, host } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port) });
    await once(socket, "connect");
    return new HttpConnection(socket, host);
  }

  /** @returns the body. @throws Error with the whole answer when it is not a 200 */
  async ask({ method, path, headers = {}, body = "" }: HttpRequest): Promise<string> {
    const more = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const head = `${method} ${path} HTTP/1.1\r\nHost: ${this.#host}\r\nOrigin: http://${this.#host}\r\n${more.join("")}`;
    const length = Buffer.byteLength(body);
    const kind = `Content-Type: application/json\r\nContent-Length: ${length}\r\n`;
    const waiting = new Promise<string>((resolve, reject) => {
      this.#answered = resolve;
      this.#failed = reject;
    });
    this.#socket.write(`${head}${method === "POST" ? kind : ""}\r\n${body}`);
    const answer = await waiting;
    if (!answer.startsWith("HTTP/1.1 200")) throw new Error(answer);
    return answer.slice(answer.indexOf(END_OF_HEAD) + END_OF_HEAD.length);
  }

  close(): void {
    this.#failed = undefined;
    this.#socket.destroy();
  }

  #take(part: string): void {
    this.#seen += part;
    if (!isWhole(this.#seen)) return;
    const answer = this.#seen;
    this.#seen = "";
    this.#answered?.(answer);
  }
}

/** With a length, or in chunks of which the last is empty. */
function isWhole(answer: string): boolean {
  const end = answer.indexOf(END_OF_HEAD);
  if (end === -1) return false;
  const length = /\r\ncontent-length: (\d+)/i.exec(answer.slice(0, end))?.[1];
  if (length === undefined) return answer.endsWith("\r\n0\r\n\r\n");
  return answer.length - end - END_OF_HEAD.length >= Number(length);
}

/** Keep-alive load; every request is new, and anything but a 200 ends the run. */
export async function runHttp(
  load: { url: string; clients: number; seconds: number },
  nextRequest: () => HttpRequest,
): Promise<Sample> {
  const connections = await Promise.all(
    Array.from({ length: load.clients }, () => HttpConnection.open(load.url)),
  );
  try {
    return await keepAsking(load, async (client) => {
      await connections[client]?.ask(nextRequest());
    });
  } finally {
    for (const connection of connections) connection.close();
  }
}
