import { readFile } from "node:fs/promises";
import { isPublicAddress, publishedSecrets } from "@tintype/core/published-secrets";
import { expect, test } from "vitest";

const PUBLIC_URL = "https://studio.example";
const namesOf = (variables: Record<string, string>, url = PUBLIC_URL) =>
  publishedSecrets({ PUBLIC_URL: url, ...variables }).map((line) => line.split(":")[0]);
const read = (name: string) => readFile(new URL(`../../../${name}`, import.meta.url), "utf8");
const SECRET = /SECRET|TOKEN|_KEY|^(DATABASE|SMTP)_URL$/;

test("every secret that .env.example shows is refused on a public address, by its name", async () => {
  const lines = (await read(".env.example")).matchAll(/^# (\w+)=(\S+)$/gm);
  const shown = [...lines].flatMap(([, name = "", value = ""]) =>
    SECRET.test(name) ? [[name, value] as const] : [],
  );
  expect(shown.length).toBeGreaterThanOrEqual(3);
  for (const [name, value] of shown) expect(namesOf({ [name]: value })).toEqual([name]);
});

test.each([
  ["S3_SECRET_ACCESS_KEY", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"],
  ["S3_SECRET_ACCESS_KEY", "tintype-local-secret"],
  ["S3_ACCESS_KEY_ID", "GK0123456789abcdef01234567"],
  ["S3_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"],
  ["STRIPE_WEBHOOK_SECRET", "whsec_tintype_local"],
  ["STRIPE_WEBHOOK_SECRET", "whsec_..."],
  ["STRIPE_SECRET_KEY", "sk_test_emulator0000000000000000"],
  ["LINK_SECRET", "change-me-change-me-change-me-change-me"],
  ["CRON_SECRET", "0000000000000001".repeat(1).padStart(32, "0")],
  ["METRICS_TOKEN", "<your token here>"],
  ["DATABASE_URL", "postgres://tintype:tintype@postgres:5432/tintype"],
  ["DATABASE_URL", "postgres://tintype:%73ecret@db/tintype"],
  ["SMTP_URL", "smtps://user:secret@mail.example.com"],
  ["DEMO_ACCOUNTS", "true"],
  ["SANDBOX_PAYMENTS", "1"],
])("%s=%s is refused on a public address and works at the desk", (name, value) => {
  expect(namesOf({ [name]: value })).toEqual([name]);
  for (const desk of ["http://localhost:3000", "http://127.0.0.1:4000", "http://[::1]:1"])
    expect(namesOf({ [name]: value }, desk)).toEqual([]);
});

test("secrets that somebody has made, and none at all, are fine", () => {
  const made = {
    S3_SECRET_ACCESS_KEY: "9f0c7d5be1a84b1f8f0f6d5a2c3b4e5d6f7a8b9c0d1e2f3a4b5c6d7e8f9a0b1c",
    STRIPE_SECRET_KEY: "rk_live_51Hx0aJkQ9vYtR3mNpLw",
    STRIPE_WEBHOOK_SECRET: "whsec_Vq8mZr2nT5xKbLw0cYpD7fGhJ",
    DATABASE_URL: "postgres://tintype:kJ8_hsdf-234@db/tintype",
    SMTP_URL: "smtp://mailpit:1025",
    DEMO_ACCOUNTS: "false",
    SANDBOX_PAYMENTS: "false",
  };
  expect(namesOf(made)).toEqual([]);
  expect(namesOf({ DATABASE_URL: "postgres:///tintype?host=/run/postgresql" })).toEqual([]);
});

test("an address is public unless it is this machine's, however it is written", () => {
  const own = [
    "http://localhost",
    "http://LOCALHOST.:4000",
    "http://a.localhost",
    "http://127.1.2.3",
  ];
  for (const each of own) expect(isPublicAddress(each)).toBe(false);
  const others = ["http://192.168.1.5", "https://localhost.example", "http://127.0.0.1.nip.io"];
  for (const each of others) expect(isPublicAddress(each)).toBe(true);
});

test("docker-compose.yml has no default for a secret and publishes only to this machine", async () => {
  const compose = await read("docker-compose.yml");
  const uses = [...compose.matchAll(/\$\{(\w+)([^}]*)\}/g)];
  const secrets = uses.filter(([, name = ""]) => /SECRET|PASSWORD|TOKEN|KEY/.test(name));
  expect(secrets.length).toBeGreaterThan(5);
  for (const [, name, rest = ""] of secrets) expect(`${name}${rest}`).toMatch(/^\w+(:\?.+|:-)$/);
  for (const [, name, rest = ""] of secrets)
    if (/^(POSTGRES|S3|GARAGE|LINK)/.test(name ?? "")) expect(rest).toMatch(/^:\?/);
  const published = [...compose.matchAll(/ports: \["([^"]+)"\]/g)].map(([, port]) => port);
  expect(published.length).toBe((compose.match(/ports:/g) ?? []).length);
  for (const port of published) expect(port).toMatch(/^127\.0\.0\.1:/);
  expect(compose).toMatch(/mailpit:\n {4}profiles: \[development\]/);
  expect(compose).not.toMatch(/:-smtp:\/\/mailpit/);
});
