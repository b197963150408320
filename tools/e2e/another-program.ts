import { type ChildProcess, spawn } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { freePort } from "@tintype/local-cloud/ports";
import { rootDir } from "../src/stack/web-build.ts";
import { preloadsOf } from "../src/stack.ts";
import { PATIENCE_MS } from "./open-page.ts";
import type { E2eStack } from "./stack.ts";
import { eventually } from "./stack-tools.ts";

/** `log` is all it has written so far. */
export type AnotherProgram = ChildProcess & { log: () => string };

/**
 * One more server or worker beside the stack's own, with its settings and its clock: to have one left when another is killed, or one
 * whose schedule begins now. Whoever starts it ends it.
 */
export async function startAnother(
  { env }: Pick<E2eStack, "env">,
  name: "server" | "worker",
  { port, ...more }: { port?: string } & Record<string, string> = {},
): Promise<AnotherProgram> {
  const listensOn = port ?? String(await freePort());
  const main = path.join(rootDir, `apps/${name}/src/main.ts`);
  const program = spawn(process.execPath, [...preloadsOf(env), main], {
    env: {
      ...{ ...process.env, ...env, ...more, SUPERVISED: "true" },
      [name === "worker" ? "WORKER_PORT" : "PORT"]: listensOn,
    },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let written = "";
  for (const output of [program.stdout, program.stderr])
    output.setEncoding("utf8").on("data", (text: string) => {
      written += text;
    });
  await eventually(`another ${name} is ready`, PATIENCE_MS, async () => {
    const answer = await fetch(`http://127.0.0.1:${listensOn}/readyz`).catch(() => undefined);
    return answer?.ok ? true : undefined;
  });
  return Object.assign(program, { log: () => written });
}

/**
 * The process id of the stack's own server or worker, for those who kill it. Read from Linux's /proc: the supervisor
 * between us and the program has another one.
 */
export async function pidOf(name: "server" | "worker", port: string): Promise<number> {
  const variable = `${name === "worker" ? "WORKER_PORT" : "PORT"}=${port}`;
  for (const pid of await readdir("/proc")) {
    const words = await wordsOf(pid, "cmdline");
    const isOurs = words[0] === process.execPath && words.at(-1)?.endsWith(`${name}/src/main.ts`);
    if (isOurs && (await wordsOf(pid, "environ")).includes(variable)) return Number(pid);
  }
  throw new Error(`no ${name} listens on ${port}`);
}

/** Empty for what is no process, or none any more. */
const wordsOf = async (pid: string, file: string): Promise<string[]> => {
  if (!/^\d+$/.test(pid)) return [];
  const text = await readFile(`/proc/${pid}/${file}`, "utf8").catch(() => "");
  return text.split("\0").filter(Boolean);
};
