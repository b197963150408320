import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Server } from "./s3/exchange.ts";
import { handleRequest } from "./s3/router.ts";
import { Store } from "./s3/store.ts";

const DEFAULT_REGION = "us-east-1";
const DEFAULT_MAX_OBJECT_BYTES = 512 * 1024 * 1024;

export type S3Options = {
  /** Everything is kept in it and survives a restart. One server a folder. */
  dir: string;
  /** A free one when not given. */
  port?: number;
  /** 127.0.0.1 when not given. */
  host?: string;
  /** us-east-1 when not given. */
  region?: string;
  /** Access key id → secret access key. */
  keys: Record<string, string>;
  /** Made when they do not exist. */
  buckets?: string[];
  /** Browsers from here may use every bucket that has no CORS configuration of its own. */
  allowOrigins?: string[];
  /** 512 MiB when not given. */
  maxObjectBytes?: number;
  /** Milliseconds since 1970; tests move it to see expiry. */
  now?: () => number;
};

export type RunningS3 = { url: string; stop(): Promise<void> };

/** A small S3 server: Signature Version 4 throughout, path-style addresses, objects on disk. */
export async function startS3(options: S3Options): Promise<RunningS3> {
  const now = options.now ?? Date.now;
  const store = new Store(options.dir, now);
  for (const name of options.buckets ?? []) {
    if (!store.buckets.has(name)) store.createBucket(name);
  }
  const server: Server = {
    store,
    now,
    region: options.region ?? DEFAULT_REGION,
    keys: options.keys,
    allowOrigins: options.allowOrigins ?? [],
    maxObjectBytes: options.maxObjectBytes ?? DEFAULT_MAX_OBJECT_BYTES,
  };
  const http = createServer((request, response) => {
    // Clients set their clocks by it: Node would say the machine's time, which need not be the store's.
    response.setHeader("date", new Date(now()).toUTCString());
    void handleRequest(server, request, response);
  });
  const host = options.host ?? "127.0.0.1";
  http.listen(options.port ?? 0, host);
  await once(http, "listening");
  const { port } = http.address() as AddressInfo;
  return {
    url: `http://${host}:${port}`,
    stop: async () => {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}
