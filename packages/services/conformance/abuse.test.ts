import { randomUUID } from "node:crypto";
import { crc32, deflateSync } from "node:zlib";
import { uploadLimits } from "@tintype/core/assets";
import { signUpInput } from "@tintype/core/auth";
import {
  assets,
  creditGrants,
  referrals,
  streaks,
  userPreferences,
  users,
} from "@tintype/db/schema";
import { and, eq } from "drizzle-orm";
import { expect } from "vitest";
import { confirmUpload, type UploadContext } from "../src/assets/confirm-upload.ts";
import { createUpload } from "../src/assets/create-upload.ts";
import { deleteAssets } from "../src/assets/delete-assets.ts";
import { getAsset, listAssets } from "../src/assets/list-assets.ts";
import { signUp } from "../src/auth/sign-up.ts";
import { useTestAuth } from "../src/auth/testing.ts";
import type { ServiceContext, UserActor } from "../src/context.ts";
import { getCreditReceipt } from "../src/credits/get-credit-receipt.ts";
import { listHistory } from "../src/credits/list-history.ts";
import { cancelJob } from "../src/jobs/cancel-job.ts";
import { getJob } from "../src/jobs/get-job.ts";
import { getReceipt } from "../src/jobs/get-receipt.ts";
import { submitJob } from "../src/jobs/submit-job.ts";
import { createReferralCode } from "../src/rewards/referrals.ts";
import { claimStreak } from "../src/rewards/streak.ts";
import { imageRequest, readyUpload, walletOf } from "../src/testing.ts";
import { conformanceCase } from "./case.ts";

// What people try: to invite themselves, to be new again, to have two days in one, to take what is another's.
const { visitor, signedIn, newEmail, userWithCredits, parts, clock, newId } = useTestAuth();
const HOUR = 3_600;
type User = ServiceContext<UserActor>;

const join = async (email: string, referralCode?: string) => {
  const input = signUpInput.parse({ email, password: "correct horse battery", referralCode });
  return signedIn((await signUp(visitor(), input)).user.id);
};
/** What is left in the database when somebody's account is deleted. */
const removeAccount = async ({ db, actor: { userId } }: User) => {
  await db
    .update(users)
    .set({ email: `removed-${userId}@removed` })
    .where(eq(users.id, userId));
};
const refused = async (attempt: Promise<unknown>): Promise<string> =>
  attempt.then(
    () => "not refused",
    (error) => error.problem?.code ?? String(error),
  );

conformanceCase(
  "A1",
  "nobody invites themselves: not by a +tag, by dots in Gmail or as a former user, and no account is made on the way",
  "Ctrlpanel#1178: accounts of one's own, made with one's own link, brought credits to the main one; gumroad#4086: +tags",
  async () => {
    const name = `ann${randomUUID().replaceAll("-", "")}`;
    const ann = await join(`${name}@gmail.com`);
    const { code } = await createReferralCode(ann);

    const former = newEmail();
    await removeAccount(await join(former));
    const selves = [
      `${name}+friend@gmail.com`,
      `a.n.n${name.slice(3)}@googlemail.com`,
      `${name.toUpperCase()}+2@GMAIL.com`,
      former,
    ];
    for (const email of selves) {
      expect(await refused(join(email, code))).toBe("referral_refused");
      const address = eq(users.email, email.toLowerCase());
      expect(await ann.db.select().from(users).where(address)).toEqual([]);
    }
    const invited = eq(referrals.referrerId, ann.actor.userId);
    expect(await ann.db.select().from(referrals).where(invited)).toEqual([]);
  },
);

conformanceCase(
  "A1",
  "an invitation is worth nothing until the guest has paid",
  "rule: the reward comes with the guest's first settled payment; a hundred accounts that cost nothing earn nothing",
  async () => {
    const host = await join(newEmail());
    const { code } = await createReferralCode(host);
    for (let guest = 0; guest < 5; guest++) await join(newEmail(), code);
    expect(await walletOf(host)).toMatchObject({ available: 10, seq: 1 });
  },
);

conformanceCase(
  "A2",
  "an account that is deleted and made again gets no second welcome; the account itself works",
  "new-api#75: deleting an account and registering again gave the credits of a beginner again",
  async () => {
    const email = newEmail();
    const first = await join(email);
    expect(await walletOf(first)).toMatchObject({ available: 10 });
    await removeAccount(first);

    const again = await join(email);
    expect(await walletOf(again)).toMatchObject({ available: 0, held: 0, owed: 0 });
    expect(await listAssets(again, { limit: 10 })).toEqual({ items: [], nextCursor: null });
    expect(await claimStreak(again)).toMatchObject({ days: 1 });
  },
);

conformanceCase(
  "A2",
  "ten spellings of one mailbox sign up at once: ten accounts, one welcome",
  "gumroad#4086: one Gmail box opened a hundred accounts by +tags",
  async () => {
    const name = randomUUID().replaceAll("-", "");
    const spellings = Array.from({ length: 10 }, (_, tag) => `${name}+${tag}@gmail.com`);
    const accounts = await Promise.all(spellings.map((email) => join(email)));

    const wallets = await Promise.all(accounts.map(walletOf));
    expect(wallets.reduce((sum, wallet) => sum + (wallet?.available ?? 0), 0)).toBe(10);
  },
);

/** The zone of somebody's calendar, as the settings keep it. */
async function moveTo(user: User, timeZone: string): Promise<void> {
  const row = { userId: user.actor.userId, timeZone, updatedAt: clock.now() };
  await user.db
    .insert(userPreferences)
    .values(row)
    .onConflictDoUpdate({ target: userPreferences.userId, set: row });
}
const streakGrants = ({ db, actor: { userId } }: User) =>
  db
    .select()
    .from(creditGrants)
    .where(and(eq(creditGrants.userId, userId), eq(creditGrants.source, "streak")));

conformanceCase(
  "A3",
  "a minute before midnight and a minute after is one day's credits, however many ask at once",
  "habitica#1706: what was done after midnight counted for both days",
  async () => {
    const user = await userWithCredits(0);
    const untilMidnight = 86_400 - (Math.floor(clock.now().getTime() / 1_000) % 86_400);
    clock.advanceSeconds(untilMidnight - 60);
    const claims = () => Promise.all(Array.from({ length: 6 }, () => refused(claimStreak(user))));
    expect((await claims()).filter((each) => each === "not refused")).toHaveLength(1);

    clock.advanceSeconds(120);
    expect(new Set(await claims())).toEqual(new Set(["streak_already_claimed"]));
    clock.advanceSeconds(20 * HOUR);
    expect((await claims()).filter((each) => each === "not refused")).toHaveLength(1);
    expect(await streakGrants(user)).toHaveLength(2);
    expect(
      await user.db.select().from(streaks).where(eq(streaks.userId, user.actor.userId)),
    ).toMatchObject([{ days: 2 }]);
  },
);

conformanceCase(
  "A3",
  "three days around the world, a claim in every zone at every hour: never two within twenty hours",
  "habitica#3433: a change of the time zone turned the day over",
  async () => {
    const user = await userWithCredits(0);
    const zones = ["Pacific/Kiritimati", "UTC", "Pacific/Pago_Pago", "Asia/Tokyo"];
    for (let hour = 0; hour < 72; hour++) {
      for (const zone of zones) {
        await moveTo(user, zone);
        await refused(claimStreak(user));
      }
      clock.advanceSeconds(HOUR);
    }
    const times = (await streakGrants(user))
      .map(({ effectiveAt }) => effectiveAt.getTime())
      .toSorted();
    expect(times).toHaveLength(4);
    for (const [index, time] of times.slice(1).entries()) {
      expect(time - (times[index] ?? 0)).toBeGreaterThanOrEqual(20 * HOUR * 1_000);
    }
  },
);

conformanceCase(
  "A4",
  "another user's job, receipt, history and files are as if they did not exist: not to see, use, cancel or delete",
  "MCP-Universe#68: any signed-in user could fetch any job by its id",
  async () => {
    const [owner, stranger] = [await userWithCredits(50), await userWithCredits(50)];
    const assetId = await readyUpload(owner);
    const { id: jobId } = await submitJob(owner, await imageRequest(owner, assetId));

    expect(await refused(getJob(stranger, { jobId }))).toBe("job_not_found");
    expect(await refused(getReceipt(stranger, { jobId }))).toBe("job_not_found");
    expect(await refused(cancelJob(stranger, { jobId }))).toBe("job_not_found");
    expect(await refused(getAsset(stranger, { assetId }))).toBe("asset_not_found");
    expect(await refused(confirmUpload(stranger, { assetId }))).toBe("asset_not_found");
    expect(await deleteAssets(stranger, { assetIds: [assetId] })).toEqual({ deleted: [] });
    const theft = submitJob(stranger, await imageRequest(stranger, assetId));
    expect(await refused(theft)).toBe("asset_not_found");

    // A number of the history is everybody's own: the stranger's second event is not there, the owner's is a hold.
    expect(await getCreditReceipt(owner, { seq: 2 })).toMatchObject({ event: { jobId } });
    expect(await refused(getCreditReceipt(stranger, { seq: 2 }))).toBe("not_found");
    expect((await listHistory(stranger, { limit: 100 })).items).toHaveLength(1);
    expect(await getJob(owner, { jobId })).toMatchObject({ status: "queued" });
    expect(await walletOf(stranger)).toMatchObject({ available: 50, held: 0 });
    await cancelJob(owner, { jobId });
  },
);

conformanceCase(
  "A4",
  "a signed address opens its own file only: not unsigned, not for another file, not by another method",
  "rule: buckets are private, and what a signature allows is one reading of one object for an hour",
  async () => {
    const [owner, other] = [await userWithCredits(0), await userWithCredits(0)];
    const bytes = new TextEncoder().encode("the owner's picture");
    const signedOf = async (user: User) => {
      const { url } = await getAsset(user, { assetId: await readyUpload(user, bytes) });
      if (url === null) throw new Error("a ready file has no address");
      return new URL(url);
    };
    const [own, foreign] = [await signedOf(owner), await signedOf(other)];
    expect(await fetch(own).then((answer) => answer.text())).toBe("the owner's picture");

    const unsigned = new URL(own.pathname, own);
    const stolen = new URL(own);
    stolen.pathname = foreign.pathname;
    const longer = new URL(own);
    longer.searchParams.set("X-Amz-Expires", "604800");
    for (const address of [unsigned, stolen, longer]) {
      expect((await fetch(address)).status).toBe(403);
    }
    expect((await fetch(own, { method: "DELETE" })).status).toBe(403);
    expect((await fetch(own, { method: "PUT", body: "overwritten" })).status).toBe(403);
    expect(await fetch(own).then((answer) => answer.text())).toBe("the owner's picture");
  },
);

/** A whole PNG of one colour, one bit a pixel: 50 megapixels of it weigh six kilobytes. */
function blankPng(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, "ascii"), data]);
    const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    check.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, check]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.writeUInt8(1, 8);
  const rows = Buffer.alloc((1 + Math.ceil(width / 8)) * height);
  const signature = Buffer.from("89504e470d0a1a0a", "hex");
  const parts = [
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ];
  return Buffer.concat([signature, ...parts]);
}

/** Announces a picture and puts these bytes where the browser would have put it, or past the form. */
async function smuggle(user: UploadContext, bytes: Uint8Array): Promise<string> {
  const announced = { fileName: "cat.png", contentType: "image/png", byteSize: 1_000 };
  const ticket = await createUpload(user, { id: newId(), ...announced });
  const key = ticket.fields.key ?? "";
  await user.storage.write({ bucket: "uploads", key, bytes, contentType: "image/png" });
  return refused(confirmUpload(user, { assetId: ticket.assetId }));
}

conformanceCase(
  "A5",
  "six kilobytes that unfold to 50 megapixels, a file beyond the limit and what is no picture: refused, and nothing is kept",
  "tracefinity#178: the limit counted the packed bytes; a small picture unfolded to hundreds of megabytes",
  async () => {
    const user = await userWithCredits(0);
    const bomb = blankPng(10_000, 5_000);
    expect(bomb.byteLength).toBeLessThan(10_000);
    const page = new TextEncoder().encode("<svg onload='alert(1)'/>".repeat(10));

    const before = process.memoryUsage().rss;
    expect(await smuggle(user, bomb)).toBe("upload_dimensions_too_large");
    expect(await smuggle(user, blankPng(60_000, 60))).toBe("upload_too_small");
    expect(await smuggle(user, new Uint8Array(uploadLimits.byteSize + 1))).toBe("upload_too_large");
    expect(await smuggle(user, page)).toBe("upload_type_unsupported");
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 ** 2);

    const { userId } = user.actor;
    // The rows go on counting for the hourly limit; to the user, and in the store, there is nothing.
    const refused = await user.db.select().from(assets).where(eq(assets.userId, userId));
    expect(refused.filter(({ deletedAt }) => deletedAt === null)).toEqual([]);
    const left: string[] = [];
    const folder = { bucket: "uploads", prefix: `${userId}/` } as const;
    for await (const { key } of parts.storage.list(folder)) left.push(key);
    expect(left).toEqual([]);
  },
);

conformanceCase(
  "A5",
  "a flood of announced uploads ends at the hourly limit, and the store's form refuses a larger file than announced",
  "rule: everything has a limit, and the limit holds for requests at once",
  async () => {
    const user = await userWithCredits(0);
    const announce = () =>
      createUpload(user, {
        ...{ id: newId(), fileName: "cat.png", contentType: "image/png", byteSize: 1_000 },
      });
    const ticket = await announce();
    const form = new FormData();
    for (const [name, value] of Object.entries(ticket.fields)) form.set(name, value);
    form.set("file", new Blob([new Uint8Array(uploadLimits.byteSize + 1)]), "cat.png");
    const answer = await fetch(ticket.url, { method: "POST", body: form });
    expect(answer.status).toBe(400);

    const flood = Array.from({ length: uploadLimits.uploadsPerHour + 20 }, () =>
      refused(announce()),
    );
    const outcomes = await Promise.all(flood);
    expect(outcomes.filter((each) => each === "too_many_uploads")).toHaveLength(21);
  },
);
