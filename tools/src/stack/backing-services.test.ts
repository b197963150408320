import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  type BackingOptions,
  startDatabase,
  startMail,
  startPayments,
  startStorage,
} from "./backing-services.ts";
import { choosePorts } from "./ports.ts";
import { stackSettings } from "./settings.ts";
import { StackClock } from "./stack-clock.ts";

let dataDir = "";
beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), "tintype-stack-"));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

async function optionsFor(env: NodeJS.ProcessEnv): Promise<BackingOptions> {
  const ports = await choosePorts("free", undefined);
  return {
    env,
    dataDir,
    ports,
    webOrigin: "http://localhost:1",
    fast: true,
    sandboxPayments: true,
    clock: new StackClock(dataDir),
  };
}

test("an empty environment gets embedded services, on the ports that were chosen", async () => {
  const options = await optionsFor({});
  const running = [
    await startDatabase(options),
    await startStorage(options),
    await startMail(options),
    await startPayments(options),
  ];
  const env = Object.assign({}, ...running.map((part) => part.env));
  await Promise.all(running.map((part) => part.stop()));

  expect(env).toMatchObject({
    DATABASE_URL: `postgres://postgres@127.0.0.1:${options.ports.postgres}/postgres`,
    S3_ENDPOINT: `http://127.0.0.1:${options.ports.s3}`,
    S3_UPLOADS_BUCKET: "tintype-uploads",
    S3_OUTPUTS_BUCKET: "tintype-outputs",
    SMTP_URL: `smtp://127.0.0.1:${options.ports.smtp}`,
    STRIPE_API_BASE: `http://127.0.0.1:${options.ports.stripe}`,
    STRIPE_WEBHOOK_SECRET: expect.stringMatching(/^whsec_/),
    CLOCK_FILE: options.clock.file,
  });
});

test("services that the environment names are used, shown without passwords, and not started", async () => {
  const options = await optionsFor({
    DATABASE_URL: "postgres://tintype:secret@db.example/tintype",
    S3_ENDPOINT: "https://s3.example",
    S3_REGION: "eu",
    S3_ACCESS_KEY_ID: "key",
    S3_SECRET_ACCESS_KEY: "secret",
    S3_UPLOADS_BUCKET: "up",
    S3_OUTPUTS_BUCKET: "out",
    SMTP_URL: "smtps://user:secret@mail.example",
    STRIPE_SECRET_KEY: "sk_live_secret",
    STRIPE_WEBHOOK_SECRET: "whsec_secret",
  });
  const parts = [
    await startDatabase(options),
    await startStorage(options),
    await startMail(options),
    await startPayments(options),
  ];
  expect(parts.flatMap((part) => Object.keys(part.env))).toEqual([]);
  const shown = JSON.stringify(parts.map((part) => part.urls));
  expect(shown).toContain("db.example");
  expect(shown).not.toContain("secret");
});

test("half a storage configuration is refused by name", async () => {
  const options = await optionsFor({ S3_ENDPOINT: "https://s3.example", S3_REGION: "eu" });
  await expect(startStorage(options)).rejects.toThrow(/S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY/);
});

test("half a payment configuration is refused by name, and no test cards are taken unasked", async () => {
  const half = await optionsFor({ STRIPE_SECRET_KEY: "sk_live_x" });
  await expect(startPayments(half)).rejects.toThrow(/STRIPE_WEBHOOK_SECRET/);
  const closed = await startPayments({ ...(await optionsFor({})), sandboxPayments: false });
  expect(closed.env).toEqual({});
  expect(closed.urls[0]?.[1]).toContain("STRIPE_SECRET_KEY");
  const ports = await choosePorts("free", undefined);
  expect(stackSettings("production", {}, ports).env.SANDBOX_PAYMENTS).toBe("false");
  expect(stackSettings("development", {}, ports).env.SANDBOX_PAYMENTS).toBe("true");
});

test("the app is one address in production, and Vite's in development", async () => {
  const ports = await choosePorts("free", "4321");
  expect(stackSettings("production", {}, ports).app).toBe("http://localhost:4321");
  expect(stackSettings("development", {}, ports).app).toBe(`http://localhost:${ports.web}`);
  const behindProxy = { PUBLIC_URL: "https://studio.example/app" };
  expect(stackSettings("production", behindProxy, ports).env.WEB_ORIGIN).toBe(
    "https://studio.example",
  );
});
