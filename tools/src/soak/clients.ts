import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import type { Orders, Progress } from "./client.ts";

export type Client = {
  journalFile: string;
  progress: Progress;
  /** Settles when the process is gone: true when it had done all it was to do. */
  ended: Promise<boolean>;
  kill: () => void;
};

const program = path.join(import.meta.dirname, "client.ts");

/** Starts a client process. It ends when this process does: its channel closes. */
export function startClient(orders: Orders, onProgress: () => void): Client {
  const child = fork(program, [], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const progress: Progress = { acknowledged: 0, retries: 0 };
  child.on("message", (news: Progress) => {
    Object.assign(progress, news);
    onProgress();
  });
  child.send(orders);
  return {
    journalFile: orders.journalFile,
    progress,
    ended: endOf(child),
    kill: () => child.kill("SIGKILL"),
  };
}

async function endOf(child: ChildProcess): Promise<boolean> {
  const [code] = (await once(child, "exit")) as [number | null];
  return code === 0;
}
