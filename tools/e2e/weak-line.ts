import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export type WeakLine = {
  url: string;
  /** Down: who is connected loses it, and who calls is cut off at once. */
  setDown: (isDown: boolean) => void;
  close: () => Promise<void>;
};

/** A line to somewhere that can be cut, as between a server and a payment provider. */
export async function openWeakLine(target: string): Promise<WeakLine> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let isDown = false;
  const server = createServer((near) => {
    if (isDown) return void near.destroy();
    const far = connect(Number(port), hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far).pipe(near);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    setDown: (down) => {
      isDown = down;
      if (down) cut();
    },
    close: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
