import { createServer, connect as openSocket, type Socket } from "node:net";

export type Wire = {
  /** The database's address by way of this wire. */
  url: string;
  /** Connections made so far. */
  connects: () => number;
  /** From now on bytes are kept back in both directions, as by a host that has lost its network. */
  stall: () => void;
  /** Passes on what was kept back. */
  resume: () => void;
  /** Cuts what is connected. */
  cut: () => void;
  /** From now on a connection is taken and closed at once, as by a proxy without a server behind it. */
  hangUp: (isOn: boolean) => void;
  /** Called with each message of a client before it is passed on; "cut" passes on nothing, "cut after" cuts then. */
  onRequest: (watch: (chunk: Buffer) => "pass" | "cut" | "cut after") => void;
  close: () => Promise<void>;
};

type Pair = { client: Socket; server: Socket };

/** A TCP proxy in front of the test database, for what networks do. */
export async function startWire(databaseUrl: string): Promise<Wire> {
  const target = new URL(databaseUrl);
  const pairs = new Set<Pair>();
  const clients = new Set<Socket>();
  let connects = 0;
  let isStalled = false;
  let isHangingUp = false;
  let watch: Parameters<Wire["onRequest"]>[0] = () => "pass";

  const proxy = createServer((client) => {
    connects += 1;
    clients.add(client);
    client.on("close", () => clients.delete(client));
    client.on("error", () => undefined);
    if (isHangingUp) {
      client.end();
      return;
    }
    const server = openSocket(Number(target.port), target.hostname);
    const pair = { client, server };
    pairs.add(pair);
    server.on("error", () => undefined);
    client.on("close", () => server.destroy());
    server.on("close", () => {
      client.destroy();
      pairs.delete(pair);
    });
    client.on("data", (chunk: Buffer) => {
      const verdict = watch(chunk);
      if (verdict === "cut") client.destroy();
      else server.write(chunk, () => void (verdict === "cut after" && client.destroy()));
    });
    server.on("data", (chunk) => client.write(chunk));
    if (isStalled) pause(pair);
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const address = proxy.address();
  if (typeof address !== "object" || address === null) throw new Error("the wire has no port");
  const url = new URL(databaseUrl);
  url.host = `127.0.0.1:${address.port}`;

  return {
    url: url.href,
    connects: () => connects,
    stall() {
      isStalled = true;
      pairs.forEach(pause);
    },
    resume() {
      isStalled = false;
      for (const { client, server } of pairs) {
        client.resume();
        server.resume();
      }
    },
    cut: () => {
      for (const { client } of pairs) client.destroy();
    },
    hangUp: (isOn) => {
      isHangingUp = isOn;
    },
    onRequest: (next) => {
      watch = next;
    },
    close: () =>
      new Promise((resolve) => {
        proxy.close(() => resolve());
        for (const client of clients) client.destroy();
      }),
  };
}

function pause({ client, server }: Pair): void {
  client.pause();
  server.pause();
}
