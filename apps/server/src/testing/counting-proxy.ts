import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** What one connection of the pool did: each entry is one round trip, with the statements that it carried. */
export type RoundTrip = string[];

export type CountingProxy = {
  /** The same database, through the proxy. */
  url: string;
  /** Forgets what was counted so far. */
  reset: () => void;
  /** Round trips of connections with this `application_name` since the last reset. */
  trips: (applicationName: string) => RoundTrip[];
  close: () => Promise<void>;
};

/**
 * Stands between a client and PostgreSQL and counts how often the client waits for an answer. A round trip begins with
 * the first message that a client sends after PostgreSQL has said something: whatever is sent before the answer,
 * several statements or a Parse with its Bind, travels together.
 */
export async function startCountingProxy(databaseUrl: string): Promise<CountingProxy> {
  const target = new URL(databaseUrl);
  const watched = new Set<Watch>();
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect({ host: target.hostname, port: Number(target.port) });
    const watch = new Watch();
    watched.add(watch);
    client.on("data", (part: Buffer) => watch.sent(part)).pipe(upstream);
    upstream.on("data", () => watch.answered()).pipe(client);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      socket.setNoDelay(true);
      sockets.add(socket);
      socket.on("close", () => {
        sockets.delete(socket);
        other.destroy();
      });
      // Whoever closed the other end is told there; here it is only a socket that has gone.
      socket.on("error", () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = new URL(databaseUrl);
  url.hostname = "127.0.0.1";
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    reset: () => {
      for (const watch of watched) watch.trips = [];
    },
    trips: (applicationName) =>
      [...watched].flatMap((each) => (each.applicationName === applicationName ? each.trips : [])),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const LENGTH_BYTES = 4;

/** Reads what a client sends: PostgreSQL's frontend protocol, version 3. */
class Watch {
  applicationName = "";
  trips: RoundTrip[] = [];
  #unread: Buffer = Buffer.alloc(0);
  #started = false;
  #waiting = false;
  /** Statement texts by their name on the server. */
  readonly #statements = new Map<string, string>();

  answered(): void {
    this.#waiting = false;
  }

  sent(part: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, part]);
    for (;;) {
      const header = this.#started ? 1 : 0;
      if (this.#unread.length < header + LENGTH_BYTES) return;
      const end = header + this.#unread.readInt32BE(header);
      if (this.#unread.length < end) return;
      const body = this.#unread.subarray(header + LENGTH_BYTES, end);
      if (this.#started) this.#read(String.fromCharCode(this.#unread[0] ?? 0), body);
      else this.#readStartup(body);
      this.#unread = this.#unread.subarray(end);
    }
  }

  #readStartup(body: Buffer): void {
    const words = body.subarray(LENGTH_BYTES).toString().split("\0");
    this.applicationName = words[words.indexOf("application_name") + 1] ?? "";
    this.#started = true;
  }

  #read(type: string, body: Buffer): void {
    const [first = "", second = ""] = body.toString().split("\0");
    // Only closing the connection; nobody waits for that.
    if (type === "X") return;
    if (!this.#waiting) this.trips.push([]);
    this.#waiting = true;
    const trip = this.trips.at(-1);
    if (type === "Q") trip?.push(first);
    if (type === "P") this.#statements.set(first, second);
    // Bind names a portal, then the statement.
    if (type === "B") trip?.push(this.#statements.get(second) ?? second);
  }
}
