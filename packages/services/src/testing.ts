import { randomBytes, randomUUID } from "node:crypto";
import { imageSettings } from "@tintype/core/generation";
import { uuidv7 } from "@tintype/core/ids";
import { jobDefaults } from "@tintype/core/jobs";
import { assets, users, wallets } from "@tintype/db/schema";
import { type DatabaseSignals, openSignals } from "@tintype/db/signals";
import { createTestDatabase, findViolations, type TestDatabase } from "@tintype/db/testing";
import { createImageProcessor } from "@tintype/integrations/images/image-processor";
import { createS3Storage } from "@tintype/integrations/storage/s3";
import type { ObjectStorage } from "@tintype/integrations/storage/storage";
import type {} from "@tintype/local-cloud/testing";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, inject } from "vitest";
import { type Confirmations, createConfirmations } from "./assets/confirmations.ts";
import { ensureCatalogue, listValidPrices } from "./catalogue/catalogue.ts";
import type { Actor, ServiceConfig, ServiceContext, SystemActor, UserActor } from "./context.ts";
import { grantCredits } from "./credits/grants.ts";
import type { MailMessage } from "./mail/messages.ts";

export const testConfig: ServiceConfig = {
  publicUrl: "http://localhost:5173",
  jobsPerHour: jobDefaults.jobsPerHour,
  concurrentJobsPerUser: jobDefaults.concurrentJobsPerUser,
  maxAttempts: jobDefaults.maxAttempts,
  leaseSeconds: jobDefaults.leaseSeconds,
  retryBackoffSeconds: jobDefaults.retryBackoffSeconds,
  deadlineSeconds: jobDefaults.deadlineSeconds,
  provider: { name: "local", videoSeconds: 15 },
};

/** A clock that only moves when a test moves it. */
export class TestClock {
  #now: number;
  constructor(start: string) {
    this.#now = new Date(start).getTime();
  }
  now = (): Date => new Date(this.#now);
  advanceSeconds = (seconds: number): void => {
    this.#now += seconds * 1_000;
  };
}

const newId = (now: Date) => uuidv7(now.getTime(), randomBytes(10));

export type TestParts = {
  database: TestDatabase;
  storage: ObjectStorage;
  signals: DatabaseSignals;
  images: ReturnType<typeof createImageProcessor>;
};

/**
 * Everything services reach, on real parts: a private database, the S3 server with buckets of its own, and
 * LISTEN/NOTIFY. After the file's last test the books must balance.
 */
export function useTestServices(options: { maxConnections?: number } = {}) {
  const clock = new TestClock(inject("testClock"));
  const parts = {} as TestParts;
  const letters: MailMessage[] = [];
  const confirmations = createConfirmations();

  beforeAll(async () => {
    Object.assign(parts, await openParts(options));
    await ensureCatalogue(parts.database.db, "studio", clock.now());
  });
  afterAll(async () => {
    expect(await findViolations(parts.database)).toEqual([]);
    await parts.signals.close();
    parts.storage.close();
    await parts.images.close();
    await parts.database.drop();
  });

  const contextFor = <A extends Actor>(
    actor: A,
    config: Partial<ServiceConfig> = {},
  ): ServiceContext<A> & { confirmations: Confirmations } => ({
    db: parts.database.db,
    actor,
    now: clock.now,
    storage: parts.storage,
    images: parts.images,
    confirmations,
    // Kept even if the transaction fails: a test about just that takes the real outbox.
    mail: { enqueue: async (_, message) => void letters.push(message) },
    signals: parts.signals,
    config: { ...testConfig, ...config },
  });

  return {
    clock,
    parts,
    /** What was put into the outbox by all users of this file. */
    letters,
    contextFor,
    workerContext: (config: Partial<ServiceConfig> = {}): ServiceContext<SystemActor> =>
      contextFor({ kind: "system", name: "worker" }, config),
    userWithCredits: async (credits: number, config: Partial<ServiceConfig> = {}) => {
      const userId = await createUser(parts.database, credits, clock.now());
      return contextFor<UserActor>({ kind: "user", userId, role: "user" }, config);
    },
    newId: () => newId(clock.now()),
    findViolations: () => findViolations(parts.database),
  };
}

async function openParts(options: { maxConnections?: number }): Promise<TestParts> {
  const name = randomUUID().slice(0, 8);
  const database = await createTestDatabase(inject("postgresUrl"), options);
  const signals = await openSignals(database.url, (error) => {
    throw error;
  });
  const storage = createS3Storage({
    ...inject("s3"),
    uploadsBucket: `uploads-${name}`,
    outputsBucket: `outputs-${name}`,
    forcePathStyle: true,
  });
  await storage.ensureBuckets({ allowedOrigins: ["http://localhost:5173"] });
  return { database, storage, signals, images: createImageProcessor() };
}

async function createUser({ db }: TestDatabase, credits: number, now: Date): Promise<string> {
  const userId = randomUUID();
  await db.insert(users).values({ id: userId, email: `${userId}@example.com`, createdAt: now });
  await db.insert(wallets).values({ userId, updatedAt: now });
  if (credits > 0) {
    await grantCredits(db, {
      userId,
      source: "purchase",
      category: "paid",
      amount: credits,
      idempotencyKey: `payment:${userId}`,
      now,
      actor: { actorKind: "system", actorId: "test" },
    });
  }
  return userId;
}

/** A confirmed upload whose object really is in the bucket. */
export async function readyUpload(
  ctx: ServiceContext<UserActor>,
  bytes: Uint8Array = new Uint8Array([1]),
): Promise<string> {
  const id = newId(ctx.now());
  const key = `${ctx.actor.userId}/${id}/image.png`;
  const contentType = "image/png";
  await ctx.storage.write({ bucket: "uploads", key, bytes, contentType });
  await ctx.db.insert(assets).values({
    userId: ctx.actor.userId,
    id,
    kind: "upload",
    status: "ready",
    bucket: "uploads",
    objectKey: key,
    contentType,
    byteSize: bytes.byteLength,
    width: 100,
    height: 100,
    fileName: "photo.png",
    createdAt: ctx.now(),
  });
  return id;
}

/** A complete request for the plainest image: 5 credits. */
export async function imageRequest(ctx: ServiceContext<UserActor>, inputAssetId?: string) {
  const price = (await listValidPrices(ctx.db, ctx.now())).find(
    (row) => row.kind === "image" && row.modelTier === "standard" && row.qualityTier === "standard",
  );
  if (!price) throw new Error("the studio catalogue has no standard image");
  const settings = imageSettings.parse({ kind: "image", prompt: "a red kite" });
  return {
    id: newId(ctx.now()),
    inputAssetId: inputAssetId ?? (await readyUpload(ctx)),
    settings,
    priceId: price.id,
    credits: 5,
  };
}

export async function walletOf(ctx: ServiceContext<UserActor>) {
  const [wallet] = await ctx.db.select().from(wallets).where(eq(wallets.userId, ctx.actor.userId));
  return wallet;
}
