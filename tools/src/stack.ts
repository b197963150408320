import path from "node:path";
import {
  type Backing,
  type BackingOptions,
  startDatabase,
  startMail,
  startPayments,
  startStorage,
} from "./stack/backing-services.ts";
import { keptSecret, makePrivate } from "./stack/kept-secrets.ts";
import { Parts } from "./stack/parts.ts";
import { choosePorts, type Ports } from "./stack/ports.ts";
import { prepareDatabase } from "./stack/prepare-database.ts";
import { announceStack } from "./stack/running-stack.ts";
import { type Settings, type StackMode, stackSettings } from "./stack/settings.ts";
import { StackClock } from "./stack/stack-clock.ts";
import { ensureWebBuild, rootDir, viteCommand, webDir } from "./stack/web-build.ts";

export type StackOptions = {
  /** development: Vite serves the SPA. production: the server does, from one port. */
  mode: StackMode;
  /** For the embedded services; what is in it survives a restart. */
  dataDir: string;
  /** "preferred" keeps the known numbers when they are free. */
  ports: "preferred" | "free";
  /** What names real services and settings. This process's own environment when not given. */
  env?: NodeJS.ProcessEnv;
  /** Embedded PostgreSQL without durability, for tests. */
  fast?: boolean;
  onLine?: (name: string, line: string) => void;
};

export type StackUrls = {
  /** Where a person goes. */
  app: string;
  api: string;
  workerHealth: string;
  /** Of the mail catcher; undefined when SMTP_URL names a real service. */
  inbox: string | undefined;
};

export type RunningStack = {
  urls: StackUrls;
  /** All addresses, for people. */
  table: [label: string, url: string][];
  /** What the server and the worker were started with, beside the environment. */
  env: Record<string, string>;
  /** Whether the accounts of the seed can sign in. */
  hasDemoAccounts: boolean;
  /** Resolves with what to tell when a part ends that cannot be started again. Never rejects. */
  failed: Promise<string>;
  stop(): Promise<void>;
};

/**
 * Starts everything and resolves when all of it is healthy. Throws, with nothing left running, when
 * a part does not come up. Nothing outlives this process, even if it is killed.
 */
export async function startStack(options: StackOptions): Promise<RunningStack> {
  const env = options.env ?? process.env;
  const ports = await choosePorts(options.ports, env.PORT);
  const settings = stackSettings(options.mode, env, ports);
  makePrivate(options.dataDir);
  const parts = new Parts({ say: (line) => options.onLine?.("start", line) });
  try {
    return await startParts({ options, env, ports, settings, parts });
  } catch (error) {
    await parts.stop();
    throw error;
  }
}

const movedClock = path.join(rootDir, "tools/src/stack/moved-clock.ts");

/** Where the payments' emulator lets one move the time, it moves for our programs as well. */
export const preloadsOf = ({ CLOCK_FILE }: Settings["env"]): string[] =>
  CLOCK_FILE ? ["--import", movedClock] : [];

type Plan = {
  options: StackOptions;
  env: NodeJS.ProcessEnv;
  ports: Ports;
  settings: Settings;
  parts: Parts;
};

async function startParts(plan: Plan): Promise<RunningStack> {
  const { options, env, settings, parts } = plan;
  const isDevelopment = options.mode === "development";
  // Vite needs nothing of the rest to start, and takes the longest.
  if (isDevelopment) launchVite(plan);
  const [backing] = await Promise.all([
    startBacking(plan),
    isDevelopment ? undefined : ensureWebBuild({ ...env, ...settings.env }),
  ]);
  const childEnv: Settings["env"] = Object.assign(
    { LINK_SECRET: env.LINK_SECRET || keptSecret(options.dataDir, "link-secret") },
    ...[settings.env, ...backing.map((b) => b.env)],
  );
  const notice = await prepareDatabase({ ...env, ...childEnv });
  if (notice !== undefined) options.onLine?.("start", notice);
  launchOurs(plan, childEnv);
  await parts.ready();
  const conceal = announceStack(options.dataDir, childEnv);

  const { app, api, workerHealth } = settings;
  const addresses = backing.flatMap(({ urls }) => urls);
  return {
    urls: { app, api, workerHealth, inbox: new Map(addresses).get("Mail inbox") },
    table: [["App", app], ["API", api], ...addresses],
    env: childEnv,
    hasDemoAccounts: childEnv.DEMO_ACCOUNTS === "true",
    failed: parts.failed,
    stop: async () => {
      conceal();
      await parts.stop();
    },
  };
}

function startBacking({ options, env, ports, settings, parts }: Plan): Promise<Backing[]> {
  const backingOptions: BackingOptions = {
    env,
    ports,
    dataDir: options.dataDir,
    webOrigin: settings.env.WEB_ORIGIN ?? settings.app,
    fast: options.fast ?? false,
    sandboxPayments: settings.env.SANDBOX_PAYMENTS === "true",
    clock: new StackClock(options.dataDir),
  };
  const starts = [startDatabase, startStorage, startMail, startPayments];
  // Each is registered as soon as it runs, so that it is stopped when one of the others fails.
  return Promise.all(starts.map(async (start) => parts.add(await start(backingOptions))));
}

function launchVite({ options, env, ports, settings, parts }: Plan): void {
  const flags = ["--host", "127.0.0.1", "--port", String(ports.web), "--strictPort"];
  parts.launch({
    name: "web",
    command: viteCommand(...flags),
    cwd: webDir,
    env: { ...env, ...settings.env, API_URL: settings.api },
    readyUrl: `http://127.0.0.1:${ports.web}/`,
    ...(options.onLine ? { onLine: options.onLine } : {}),
  });
}

function launchOurs({ options, env, settings, parts, ports }: Plan, childEnv: Settings["env"]) {
  const drainSeconds = Number(childEnv.WORKER_DRAIN_SECONDS);
  const programs = [
    { name: "server", url: settings.api, more: { PORT: String(ports.api) }, graceSeconds: 10 },
    {
      name: "worker",
      url: settings.workerHealth,
      more: { WORKER_PORT: String(ports.workerHealth) },
      graceSeconds: drainSeconds + 5,
    },
  ];
  for (const { name, url, more, graceSeconds } of programs) {
    parts.launch({
      name,
      command: [
        process.execPath,
        ...preloadsOf(childEnv),
        path.join(rootDir, `apps/${name}/src/main.ts`),
      ],
      cwd: rootDir,
      env: { ...env, ...childEnv, ...more },
      readyUrl: `${url}/readyz`,
      graceSeconds,
      ...(options.onLine ? { onLine: options.onLine } : {}),
    });
  }
}
