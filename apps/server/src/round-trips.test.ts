import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { appRouter } from "@tintype/api/router";
import { imageSettings } from "@tintype/core/generation";
import { uuidv7 } from "@tintype/core/ids";
import { connect } from "@tintype/db/client";
import { checkNewCredits } from "@tintype/db/consistency";
import { balanceOfUser } from "@tintype/db/credit-functions";
import { createTestDatabase, type TestDatabase } from "@tintype/db/testing";
import { createLogger } from "@tintype/integrations/process/logger";
import { grantCredits } from "@tintype/services/credits/grants";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { createApp } from "./app.ts";
import { createMetrics } from "./metrics.ts";
import { type OpenServices, openServices } from "./services.ts";
import {
  type CountingProxy,
  type RoundTrip,
  startCountingProxy,
} from "./testing/counting-proxy.ts";
import { TestBrowser, testEnv } from "./testing.ts";

/**
 * How often each mutation waits for the database while its session is remembered (looking that up is one more).
 * What moves credits is one statement. Where a file is dealt with in between it is one before and one after, and a
 * read as the user (decision 6) is three. The rest is done once a month and may take the steps it is made of, but not
 * more of them without somebody noticing here. A new mutation has to be listed.
 */
const goals: Record<string, number> = {
  "jobs.submit": 1,
  "jobs.cancel": 1,
  "assets.createUpload": 1,
  "assets.confirmUpload": 7,
  "assets.delete": 2,
  "auth.updatePreferences": 1,
  "auth.signOut": 2,
  "auth.signOutEverywhere": 2,
  "settings.update": 5,
  "rewards.createReferralCode": 5,
  "rewards.claimStreak": 3,
};

/** With argon2 or letters in the middle, or by hand of an administrator: their trips are not what they wait for. */
const uncounted =
  /^admin\.|^billing\.|^credits\.redeemPromoCode$|^auth\.(signUp|signIn|requestPasswordReset|resetPassword|requestVerification|verifyEmail)$/;

let database: TestDatabase;
let proxy: CountingProxy;
let opened: OpenServices;
let browser: TestBrowser;
const counted = new Map<string, RoundTrip[]>();

beforeAll(async () => {
  database = await createTestDatabase(inject("postgresUrl"));
  proxy = await startCountingProxy(database.url);
  // One connection, on which every statement is soon prepared: what is counted is the steady state.
  const env = testEnv(proxy.url, { DATABASE_POOL: "1" });
  const logger = createLogger("server", "silent");
  opened = await openServices(env, logger);
  const metrics = createMetrics();
  browser = new TestBrowser(createApp({ env, services: opened.services, logger, metrics }));
  await browser.signUp();
  await welcome();
});
afterAll(async () => {
  await opened.close();
  await proxy.close();
  await database.drop();
});

/** Credits, and a session that is remembered. */
async function welcome(): Promise<void> {
  const { data: me } = await browser.query("auth.me");
  await grantCredits(database.db, {
    userId: String(me?.id),
    source: "purchase",
    category: "paid",
    amount: 100,
    idempotencyKey: "payment:1",
    now: new Date(),
    actor: { actorKind: "system", actorId: "test" },
  });
}

const newId = () => uuidv7(Date.now(), randomBytes(10));

/** Calls it and remembers what went to the database meanwhile. @throws Error unless it succeeded */
async function count(procedure: string, input?: unknown) {
  proxy.reset();
  const answer = await browser.mutate(procedure, input);
  if (answer.status !== 200) throw new Error(`${procedure}: ${JSON.stringify(answer.error)}`);
  counted.set(procedure, proxy.trips("tintype"));
  return answer.data;
}

const picture = readFileSync(path.join(import.meta.dirname, "../../../fixtures/chelsea.png"));

async function upload(): Promise<string> {
  const assetId = newId();
  const file = { fileName: "cat.png", contentType: "image/png", byteSize: picture.byteLength };
  await count("assets.createUpload", { id: assetId, ...file });
  const me = await browser.query("auth.me");
  const key = `${me.data?.id}/${assetId}/original`;
  const stored = { bytes: picture, contentType: "image/png" };
  await opened.services.storage.write({ bucket: "uploads", key, ...stored });
  await count("assets.confirmUpload", { assetId });
  return assetId;
}

async function submit(inputAssetId: string): Promise<string> {
  const settings = imageSettings.parse({ kind: "image", prompt: "a red kite" });
  const quote = await browser.query("jobs.quote", { settings });
  const { credits, priceId } = quote.data as { credits: number; priceId: string };
  const id = newId();
  await count("jobs.submit", { id, inputAssetId, settings, priceId, credits });
  return id;
}

async function callEverything(): Promise<void> {
  const assetId = await upload();
  await count("jobs.cancel", { jobId: await submit(assetId) });
  await count("assets.delete", { assetIds: [assetId] });
  await count("rewards.createReferralCode");
  await count("rewards.claimStreak");
  await count("settings.update", { emailNotifications: false });
  await count("auth.updatePreferences", { locale: "en" });
  // Forgotten with the change; its own look-up is not what is counted.
  await browser.query("auth.me");
  await count("auth.signOutEverywhere");
  await browser.signUp();
  await browser.query("auth.me");
  await count("auth.signOut");
}

type Procedures = { _def: { procedures: Record<string, { _def: { type: string } }> } };
const mutations = Object.entries((appRouter as unknown as Procedures)._def.procedures)
  .filter(([, procedure]) => procedure._def.type === "mutation")
  .map(([name]) => name);

test("every mutation has its number here", () => {
  const expected = mutations.filter((name) => !uncounted.test(name));
  expect(Object.keys(goals).toSorted()).toEqual(expected.toSorted());
});

test("each mutation waits for the database as often as it must, and no more", async () => {
  await callEverything();
  // The first time only prepared the statements.
  await browser.signUp();
  await welcome();
  await callEverything();

  const trips = Object.fromEntries([...counted].map(([name, each]) => [name, each.length]));
  const lines = [...counted].map(([name, each]) => `${name.padEnd(28)} ${each.length}`);
  process.stdout.write(`\nround trips of each mutation\n${lines.join("\n")}\n`);
  expect(trips).toEqual(goals);
});

test("a session that is not remembered is one round trip more", async () => {
  await browser.signUp();
  await browser.query("auth.me");
  opened.services.sessions.forget(String((await browser.query("auth.me")).data?.id));
  await count("auth.updatePreferences", { locale: "en" });
  expect(counted.get("auth.updatePreferences")).toHaveLength(2);
});

test("what the counter counts are waits, not messages", async () => {
  const direct = connect(proxy.url, { maxConnections: 1 });
  const tripsOf = async (work: () => Promise<unknown>) => {
    proxy.reset();
    await work();
    return proxy.trips("tintype").length;
  };
  const unprepared = () => checkNewCredits(direct.db, 1);
  await unprepared();
  expect(await tripsOf(unprepared)).toBe(2);
  expect(await tripsOf(() => direct.db.transaction((tx) => checkNewCredits(tx, 1)))).toBe(4);
  const prepared = () => balanceOfUser(direct.db, { userId: newId(), now: new Date() });
  await prepared();
  expect(await tripsOf(prepared)).toBe(1);
  // Nothing is pipelined: on one connection the second leaves when the first is answered.
  expect(await tripsOf(() => Promise.all([prepared(), prepared(), prepared()]))).toBe(3);
  await direct.close();
});
