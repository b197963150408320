import { isSameProcess, type ProcessInfo, readProcess } from "./process-info.ts";

const POLL_MS = 500;

/**
 * `npm run dev` is a chain: npm, a shell, npx, pnpm, another shell, and we at its end. A SIGKILL of
 * any link above leaves the links below running, so we watch all of them.
 * @returns the function that ends the watch
 */
export function whenLauncherDies(callback: () => void): () => void {
  const chain = launchers(ancestors());
  const timer = setInterval(() => {
    if (chain.every(isSameProcess)) return;
    clearInterval(timer);
    callback();
  }, POLL_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** From our parent upwards. */
function ancestors(): ProcessInfo[] {
  const found: ProcessInfo[] = [];
  for (let pid = process.ppid; pid > 1; ) {
    const info = readProcess(pid);
    if (!info) break;
    found.push(info);
    pid = info.parentPid;
  }
  return found;
}

/** Up to the topmost package manager; who started that one may well go away without us. */
export function launchers(chain: ProcessInfo[]): ProcessInfo[] {
  return chain.slice(0, chain.findLastIndex(({ command }) => isPackageManager(command)) + 1);
}

/** npm and npx rename themselves to "npm run dev"; pnpm stays "node …/pnpm.mjs run …". */
function isPackageManager(command: string): boolean {
  const [program = "", script = ""] = command.split(" ");
  const name = (path: string) => path.split("/").at(-1) ?? "";
  const isManager = (path: string) => /^(npm|npx|pnpm|pnpx)([-.]|$)/.test(name(path));
  return isManager(program) || (name(program) === "node" && isManager(script));
}
