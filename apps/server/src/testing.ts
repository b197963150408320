import "@tintype/local-cloud/testing";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createTestDatabase, type TestDatabase } from "@tintype/db/testing";
import { createLogger } from "@tintype/integrations/process/logger";
import { afterAll, beforeAll, inject } from "vitest";
import { createApp } from "./app.ts";
import { type Env, readEnv } from "./env.ts";
import { createMetrics } from "./metrics.ts";
import { type OpenServices, openServices } from "./services.ts";
import { writeBuiltSpa } from "./testing/built-spa.ts";

export const ORIGIN = "https://studio.example";

export type TestServer = {
  env: Env;
  database: TestDatabase;
  opened: OpenServices;
  app: ReturnType<typeof createApp>;
  /** What was logged, line by line. */
  log: string[];
};

/** The whole app on a database and buckets of its own, as `main.ts` would build it. */
export function useTestServer(variables: Record<string, string> = {}): TestServer {
  const server = { log: [] as string[] } as TestServer;
  const directory = mkdtempSync(path.join(tmpdir(), "tintype-static-"));
  beforeAll(async () => {
    writeBuiltSpa(directory);
    server.database = await createTestDatabase(inject("postgresUrl"));
    server.env = testEnv(server.database.url, { STATIC_DIR: directory, ...variables });
    const logger = createLogger("server", "info", { write: (line) => void server.log.push(line) });
    server.opened = await openServices(server.env, logger);
    const { services } = server.opened;
    server.app = createApp({ env: server.env, services, logger, metrics: createMetrics() });
  });
  afterAll(async () => {
    await server.opened.close();
    await server.database.drop();
    rmSync(directory, { recursive: true });
  });
  return server;
}

export function testEnv(databaseUrl: string, over: Record<string, string> = {}): Env {
  const s3 = inject("s3");
  const name = randomUUID().slice(0, 8);
  return readEnv({
    DATABASE_URL: databaseUrl,
    S3_ENDPOINT: s3.endpoint,
    S3_REGION: s3.region,
    S3_ACCESS_KEY_ID: s3.accessKeyId,
    S3_SECRET_ACCESS_KEY: s3.secretAccessKey,
    S3_UPLOADS_BUCKET: `uploads-${name}`,
    S3_OUTPUTS_BUCKET: `outputs-${name}`,
    PUBLIC_URL: ORIGIN,
    REQUIRE_VERIFIED_EMAIL: "false",
    PORT: "0",
    ...over,
  });
}

export type TestAnswer = {
  status: number;
  headers: Response["headers"];
  data: Record<string, unknown> | null | undefined;
  problem: unknown;
  error: object | undefined;
};

/** One visitor: keeps the cookie as a browser would. */
export class TestBrowser {
  readonly #app: TestServer["app"];
  cookie = "";

  constructor(app: TestServer["app"]) {
    this.#app = app;
  }

  async query(procedure: string, input?: unknown): Promise<TestAnswer> {
    const search = input === undefined ? "" : `?input=${encodeURIComponent(JSON.stringify(input))}`;
    return this.#read(
      await this.#app.request(`/trpc/${procedure}${search}`, { headers: { cookie: this.cookie } }),
    );
  }

  async mutate(
    procedure: string,
    input?: unknown,
    headers: Record<string, string> = {},
  ): Promise<TestAnswer> {
    const answer = await this.#app.request(`/trpc/${procedure}`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        origin: ORIGIN,
        cookie: this.cookie,
        ...headers,
      },
      ...(input !== undefined && { body: JSON.stringify(input) }),
    });
    const setCookie = answer.headers.get("set-cookie");
    if (setCookie !== null) this.cookie = setCookie.split(";")[0] ?? "";
    return this.#read(answer);
  }

  async signUp(email = `${randomUUID()}@example.com`): Promise<TestAnswer> {
    return this.mutate("auth.signUp", { email, password: "correct horse battery" });
  }

  async #read(answer: Response): Promise<TestAnswer> {
    const body = (await answer.json()) as {
      result?: { data: Record<string, unknown> };
      error?: { message: string; data: { problem: unknown; httpStatus: number; stack?: string } };
    };
    return {
      status: answer.status,
      headers: answer.headers,
      data: body.result?.data,
      problem: body.error?.data.problem,
      error: body.error,
    };
  }
}
