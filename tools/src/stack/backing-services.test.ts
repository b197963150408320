import { chmodSync, mkdtempSync, rmSync, statSync } from "node:fs";
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
import { makePrivate } from "./kept-secrets.ts";
import { choosePorts } from "./ports.ts";
import { type StackMode, stackSettings } from "./settings.ts";
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
    DATABASE_URL: expect.stringMatching(
      new RegExp(`^postgres://postgres:[0-9a-f]{64}@127.0.0.1:${options.ports.postgres}/postgres$`),
    ),
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

test("the store's and the emulator's secrets are made at the first start, kept, and different elsewhere", async () => {
  const secretsIn = async (options: BackingOptions) => {
    const parts = [await startStorage(options), await startPayments(options)];
    await Promise.all(parts.map((part) => part.stop()));
    const env: Record<string, string> = Object.assign({}, ...parts.map((part) => part.env));
    return [env.S3_SECRET_ACCESS_KEY, env.STRIPE_SECRET_KEY, env.STRIPE_WEBHOOK_SECRET];
  };
  const options = await optionsFor({});
  const first = await secretsIn(options);
  expect(await secretsIn(options)).toEqual(first);
  const elsewhere = await secretsIn({ ...options, dataDir: path.join(dataDir, "elsewhere") });
  for (const [index, secret] of first.entries()) {
    expect(secret).toMatch(/[0-9a-f]{64}$/);
    expect(secret).not.toBe(elsewhere[index]);
  }
  const modes = ["s3-secret", "stripe-secret", "stripe-webhook-secret"].map(
    (name) => statSync(path.join(dataDir, name)).mode & 0o777,
  );
  expect([statSync(dataDir).mode & 0o777, ...modes]).toEqual([0o700, 0o600, 0o600, 0o600]);
});

test("the emulator takes the key it was given and no other", async () => {
  const options = await optionsFor({});
  const payments = await startPayments(options);
  const ask = async (key: string) =>
    (
      await fetch(`${payments.env.STRIPE_API_BASE}/v1/balance`, {
        headers: { authorization: `Bearer ${key}` },
      })
    ).status;
  try {
    expect(await ask(payments.env.STRIPE_SECRET_KEY ?? "")).toBe(200);
    expect(await ask("sk_test_emulator0000000000000000")).toBe(401);
  } finally {
    await payments.stop();
  }
});

test("a folder that was open to the whole machine is closed", () => {
  chmodSync(dataDir, 0o755);
  makePrivate(dataDir);
  expect(statSync(dataDir).mode & 0o777).toBe(0o700);
});

test("nothing of the desk comes to a public address unasked, and what is asked for is refused by name", async () => {
  const ports = await choosePorts("free", undefined);
  const PUBLIC_URL = "https://studio.example";
  const settings = stackSettings("development", { PUBLIC_URL }, ports);
  expect(settings.env).toMatchObject({ DEMO_ACCOUNTS: "false", SANDBOX_PAYMENTS: "false" });
  for (const name of ["DEMO_ACCOUNTS", "SANDBOX_PAYMENTS"])
    expect(() => stackSettings("production", { PUBLIC_URL, [name]: "true" }, ports)).toThrow(name);
  const keys = { S3_ENDPOINT: "https://s3.example", S3_SECRET_ACCESS_KEY: "tintype-local-secret" };
  expect(() => stackSettings("production", { PUBLIC_URL, ...keys }, ports)).toThrow(
    "S3_SECRET_ACCESS_KEY",
  );
});

test("demo accounts come unasked to the embedded database of the desk only", async () => {
  const ports = await choosePorts("free", undefined);
  const DATABASE_URL = "postgres://me@db.example/tintype";
  const asked = (mode: StackMode, env: NodeJS.ProcessEnv) =>
    stackSettings(mode, env, ports).env.DEMO_ACCOUNTS;
  expect(asked("development", {})).toBe("true");
  expect(asked("development", { DATABASE_URL })).toBe("false");
  expect(asked("production", {})).toBe("false");
  expect(asked("development", { DATABASE_URL, DEMO_ACCOUNTS: "true" })).toBe("true");
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
