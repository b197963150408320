import { isPublicAddress, publishedSecrets } from "@tintype/core/published-secrets";
import type { Ports } from "./ports.ts";
import { webDist } from "./web-build.ts";

export type StackMode = "development" | "production";

export type Settings = {
  /** Where a person goes. */
  app: string;
  api: string;
  workerHealth: string;
  /** What every program of ours is told, before the addresses of the services behind it. */
  env: Record<string, string>;
};

/**
 * An empty variable counts as none: it is a line that somebody left blank in .env. In production the server serves the
 * SPA, so the app and the API are one address.
 * @throws Error that names what a public address must not be started with
 */
export function stackSettings(mode: StackMode, env: NodeJS.ProcessEnv, ports: Ports): Settings {
  const api = `http://127.0.0.1:${ports.api}`;
  const appPort = mode === "production" ? ports.api : ports.web;
  const app = env.PUBLIC_URL || `http://localhost:${appPort}`;
  const isDesk = mode === "development" && !isPublicAddress(app);
  const published = publishedSecrets({ ...env, PUBLIC_URL: app });
  if (published.length > 0) throw new Error(`This is not safe:\n  ${published.join("\n  ")}`);
  return {
    app,
    api,
    workerHealth: `http://127.0.0.1:${ports.workerHealth}`,
    env: {
      NODE_ENV: mode,
      PUBLIC_URL: app,
      WEB_ORIGIN: env.WEB_ORIGIN || new URL(app).origin,
      MAIL_FROM: env.MAIL_FROM || "Tintype <hello@tintype.local>",
      CATALOG: env.CATALOG || "studio",
      // Their passwords are published, so they come unasked only at the desk, and never into a database of somebody's own.
      DEMO_ACCOUNTS: env.DEMO_ACCOUNTS || String(isDesk && !env.DATABASE_URL),
      // Test cards buy real credits, so the same holds.
      SANDBOX_PAYMENTS: env.SANDBOX_PAYMENTS || String(isDesk),
      // At the desk nobody reads the letters.
      REQUIRE_VERIFIED_EMAIL: env.REQUIRE_VERIFIED_EMAIL || String(!isDesk),
      // At the desk nobody waits for a job: it is taken up again by the next start.
      WORKER_DRAIN_SECONDS: env.WORKER_DRAIN_SECONDS || (mode === "development" ? "2" : "20"),
      ...(mode === "production" ? { STATIC_DIR: webDist } : {}),
    },
  };
}
