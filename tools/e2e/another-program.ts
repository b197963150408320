import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import { freePort } from "@tintype/local-cloud/ports";
import { rootDir } from "../src/stack/web-build.ts";
import type { E2eStack } from "./stack.ts";
import { eventually } from "./stack-tools.ts";

/**
 * One more server or worker beside the stack's own, with its settings: to have one left when another is killed, or one
 * whose schedule begins now. Whoever starts it ends it.
 */
export async function startAnother(
  { env }: Pick<E2eStack, "env">,
  name: "server" | "worker",
  { port, ...more }: { port?: string } & Record<string, string> = {},
): Promise<ChildProcess> {
  const listensOn = port ?? String(await freePort());
  const program = spawn(process.execPath, [path.join(rootDir, `apps/${name}/src/main.ts`)], {
    env: {
      ...{ ...process.env, ...env, ...more, SUPERVISED: "true" },
      [name === "worker" ? "WORKER_PORT" : "PORT"]: listensOn,
    },
    stdio: ["pipe", "ignore", "ignore"],
  });
  await eventually(`another ${name} is ready`, 20_000, async () => {
    const answer = await fetch(`http://127.0.0.1:${listensOn}/readyz`).catch(() => undefined);
    return answer?.ok ? true : undefined;
  });
  return program;
}
