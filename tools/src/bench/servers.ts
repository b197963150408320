import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { freePort } from "@tintype/local-cloud/ports";
import { rootDir } from "../stack/web-build.ts";

export type Child = {
  url: string;
  stop: () => Promise<void>;
  /** SIGKILL: nothing is finished. */
  kill: () => void;
  /** Settles when the process is gone. */
  exited: Promise<unknown>;
};

/** No user of the measurement may be stopped by it: the check itself is part of what is measured. */
const JOBS_PER_HOUR = "1000000";

/**
 * Our server as it runs in production, in a process of its own. Nothing is stored, so no store is there.
 * @param more variables beside those that every run needs
 * @param port a free one when not given
 */
export async function startOurServer(
  databaseUrl: string,
  more: Record<string, string> = {},
  port?: number,
): Promise<Child> {
  const address = port ?? (await freePort());
  return startChild(path.join(rootDir, "apps/server/src/main.ts"), address, {
    DATABASE_URL: databaseUrl,
    PUBLIC_URL: `http://127.0.0.1:${address}`,
    S3_ENDPOINT: "http://127.0.0.1:9",
    S3_ACCESS_KEY_ID: "bench",
    S3_SECRET_ACCESS_KEY: "bench-secret",
    S3_MANAGE_BUCKETS: "false",
    RATE_LIMIT_PER_MINUTE: "0",
    SUPERVISED: "true",
    ...more,
  });
}

export async function startNaiveServer(databaseUrl: string): Promise<Child> {
  const port = await freePort();
  const main = path.join(import.meta.dirname, "naive/server.ts");
  return startChild(main, port, { DATABASE_URL: databaseUrl });
}

async function startChild(main: string, port: number, env: Record<string, string>): Promise<Child> {
  const child = spawn(process.execPath, [main], {
    env: {
      PATH: process.env.PATH,
      NODE_ENV: "production",
      PORT: String(port),
      JOBS_PER_HOUR,
      ...env,
    },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  const listening = new Promise<void>((resolve) => {
    const look = (part: Buffer) => {
      if (!part.includes("listening")) return;
      child.stdout.off("data", look);
      // From here on its log is read and let go, as by a collector that costs nothing.
      child.stdout.resume();
      resolve();
    };
    child.stdout.on("data", look);
  });
  const died = exited.then(([code]) => {
    throw new Error(
      `${path.basename(path.dirname(main))}/${path.basename(main)} ended with ${code}`,
    );
  });
  await Promise.race([listening, died]);
  died.catch(() => undefined);
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      // Both end when whoever started them lets go of their input.
      child.stdin.end();
      await exited;
    },
    kill: () => void child.kill("SIGKILL"),
    exited,
  };
}
