import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";

export type Client<Progress> = {
  progress: Progress;
  /** Settles when the process is gone: true when it had done all it was to do. */
  ended: Promise<boolean>;
  kill: () => void;
};

/**
 * Starts a client process. It ends when this process does: its channel closes.
 * @param program `client.ts` of the soak, in this folder or below
 * @param progress what counts as done before the client has said anything
 */
export function startClient<Progress extends object>(
  program: string,
  orders: object,
  { progress, onProgress }: { progress: Progress; onProgress: () => void },
): Client<Progress> {
  const file = path.join(import.meta.dirname, program);
  const child = fork(file, [], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  child.on("message", (seen: Progress) => {
    Object.assign(progress, seen);
    onProgress();
  });
  child.send(orders);
  return { progress, ended: endOf(child), kill: () => void child.kill("SIGKILL") };
}

async function endOf(child: ChildProcess): Promise<boolean> {
  const [code] = (await once(child, "exit")) as [number | null];
  return code === 0;
}
