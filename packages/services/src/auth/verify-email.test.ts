import { randomUUID } from "node:crypto";
import { signUpInput } from "@tintype/core/auth";
import { creditClaims, creditGrants, referrals, users } from "@tintype/db/schema";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { importCredits } from "../admin/import-credits.ts";
import { applyBillingEvent } from "../billing/apply-billing-event.ts";
import { createReferralCode } from "../rewards/referrals.ts";
import { claimStreak } from "../rewards/streak.ts";
import { resetPassword } from "./reset-password.ts";
import { issueResetToken } from "./reset-tokens.ts";
import { signUp } from "./sign-up.ts";
import { sweepAuth } from "./sweep-auth.ts";
import { useTestAuth } from "./testing.ts";
import { issueVerificationToken } from "./verification-tokens.ts";
import { requestVerification, verifyEmail } from "./verify-email.ts";

const { visitor, signedIn, newEmail, parts, clock, own, workerContext } = useTestAuth();
const PASSWORD = "correct horse battery";
const strict = () => ({ ...visitor(), requireVerifiedEmail: true });
const db = () => parts.database.db;
const invalid = { problem: { code: "verification_token_invalid" } };

/** Somebody new where addresses are to be confirmed. */
async function newcomer(email = newEmail(), referralCode?: string) {
  const input = signUpInput.parse({ email, password: PASSWORD, referralCode });
  const { user, cookie } = await signUp(strict(), input);
  return { userId: user.id, email, user, cookie };
}
type Newcomer = Pick<Awaited<ReturnType<typeof newcomer>>, "userId" | "email">;
const linkOf = ({ userId, email }: Newcomer) =>
  issueVerificationToken(db(), { userId, email }, clock.now());
const verify = (userId: string, token: string) => verifyEmail(signedIn(userId), { token });
const confirm = async (who: Newcomer) => verify(who.userId, await linkOf(who));
const grantsOf = async (userId: string) => {
  const rows = await db().select().from(creditGrants).where(eq(creditGrants.userId, userId));
  return rows.map(({ source, amount }) => `${source} ${amount}`).toSorted();
};
const referralOf = async (refereeId: string) =>
  (await db().select().from(referrals).where(eq(referrals.refereeId, refereeId)))[0];
const lettersTo = async (userId: string) => {
  const rows = await db().execute<{ kind: string; credits: string | null }>(
    `select data->>'kind' as kind, data->>'credits' as credits from pgboss.job where data->>'userId' = '${userId}' order by created_on`,
  );
  return [...rows].map(({ kind, credits }) => (credits === null ? kind : `${kind} ${credits}`));
};
const pay = (userId: string, reference: string = randomUUID()) =>
  db().transaction((tx) =>
    applyBillingEvent(
      tx,
      {
        type: "payment_settled",
        ...{ userId, credits: 100 },
        payment: {
          ...{ reference, kind: "pack", productCode: "bundle_30m", paidCents: 1_900 },
          ...{ currency: "usd", paidAt: clock.now(), invoiceUrl: null },
        },
      } as Parameters<typeof applyBillingEvent>[1],
      clock.now(),
    ),
  );
const bring = (email: string, over: Record<string, string> = {}, requireVerifiedEmail = true) => {
  const values = { externalId: randomUUID(), email, credits: "1200", category: "paid", ...over };
  const options = { dryRun: false, requireVerifiedEmail };
  return importCredits(workerContext(), [{ line: 2, values }], options);
};

test("welcome credits wait for the link, which brings them once", async () => {
  const who = await newcomer();
  expect(who.user).toMatchObject({ isVerified: false, awaitsVerification: true });
  expect(await grantsOf(who.userId)).toEqual([]);
  expect(await lettersTo(who.userId)).toEqual(["verify_email"]);

  expect(await confirm(who)).toMatchObject({ isVerified: true, awaitsVerification: false });
  expect(await grantsOf(who.userId)).toEqual(["welcome 10"]);
  expect(await lettersTo(who.userId)).toEqual(["verify_email", "welcome 10"]);
  expect(await own.sessions.find(who.cookie)).toMatchObject({ user: { isVerified: true } });
});

test("where nothing waits, credits come with the account, and confirming the address brings no more", async () => {
  const email = newEmail();
  const { user } = await signUp(visitor(), { email, password: PASSWORD, locale: "en" });
  expect(user).toMatchObject({ isVerified: false, awaitsVerification: false });
  await confirm({ userId: user.id, email });
  expect(await grantsOf(user.id)).toEqual(["welcome 10"]);
  expect(await lettersTo(user.id)).toEqual(["welcome 10"]);
});

test("one link opened many times at once, and several links at once, give everything once", async () => {
  for (let round = 0; round < 3; round++) {
    const who = await newcomer();
    await bring(who.email);
    const links = [await linkOf(who), await linkOf(who)];
    const opened = links.flatMap((token) =>
      Array.from({ length: 4 }, () => verify(who.userId, token)),
    );
    expect(await Promise.all(opened)).toHaveLength(8);
    expect(await grantsOf(who.userId)).toEqual(["migration 1200", "welcome 10"]);
  }
});

test("a link is good for a day, for its own account, and while its address is the account's", async () => {
  const [late, moved, other] = [await newcomer(), await newcomer(), await newcomer()];
  const [lateLink, movedLink] = [await linkOf(late), await linkOf(moved)];
  await expect(verify(other.userId, lateLink)).rejects.toMatchObject(invalid);
  await db().update(users).set({ email: newEmail() }).where(eq(users.id, moved.userId));
  await expect(verify(moved.userId, movedLink)).rejects.toMatchObject(invalid);
  clock.advanceSeconds(24 * 3_600 - 1);
  await sweepAuth({ db: db(), now: clock.now });
  await verify(late.userId, lateLink);
  const again = await linkOf(other);
  clock.advanceSeconds(24 * 3_600);
  await expect(verify(other.userId, again)).rejects.toMatchObject(invalid);
  expect(await grantsOf(other.userId)).toEqual([]);
});

test("an address that changes afterwards is not confirmed, and its confirmation brings no welcome again", async () => {
  const who = await newcomer();
  await confirm(who);
  const email = newEmail();
  await db().update(users).set({ email }).where(eq(users.id, who.userId));
  await bring(email);
  expect(await grantsOf(who.userId)).toEqual(["welcome 10"]);
  await confirm({ userId: who.userId, email });
  expect(await grantsOf(who.userId)).toEqual(["migration 1200", "welcome 10"]);
});

test("a link and a change of the address at once never confirm an address that was not asked about", async () => {
  for (let round = 0; round < 4; round++) {
    const who = await newcomer();
    const email = newEmail();
    const token = await linkOf(who);
    await Promise.allSettled([
      verify(who.userId, token),
      db().update(users).set({ email }).where(eq(users.id, who.userId)),
    ]);
    const [row] = await db().select().from(users).where(eq(users.id, who.userId));
    expect([null, who.email]).toContain(row?.verifiedEmail);
  }
});

test("whoever sets a new password by mail has shown the same", async () => {
  const who = await newcomer();
  await bring(who.email);
  const token = await issueResetToken(db(), who.userId, clock.now());
  const { user } = await resetPassword(visitor(), { token, password: "another good password" });
  expect(user).toMatchObject({ isVerified: true, awaitsVerification: false });
  expect(await grantsOf(who.userId)).toEqual(["migration 1200", "welcome 10"]);
});

test("a link and a new password at once give everything once, and neither waits for ever", async () => {
  for (let round = 0; round < 4; round++) {
    const who = await newcomer();
    await bring(who.email);
    const [link, reset] = [await linkOf(who), await issueResetToken(db(), who.userId, clock.now())];
    const outcomes = await Promise.allSettled([
      verify(who.userId, link),
      resetPassword(visitor(), { token: reset, password: "another good password" }),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled"]);
    expect(await grantsOf(who.userId)).toEqual(["migration 1200", "welcome 10"]);
  }
});

test("two spellings of one mailbox, confirmed at once, get the welcome once; an account alone takes nobody's", async () => {
  const name = randomUUID().replaceAll("-", "");
  const [first, second] = [
    await newcomer(`${name}@gmail.com`),
    await newcomer(`${name}+a@gmail.com`),
  ];
  await Promise.all([confirm(first), confirm(second)]);
  const all = [...(await grantsOf(first.userId)), ...(await grantsOf(second.userId))];
  expect(all).toEqual(["welcome 10"]);
});

test("a reward waits for the address of whoever was invited, in whatever order they pay and confirm", async () => {
  const referrer = await newcomer();
  await confirm(referrer);
  const { code } = await createReferralCode(signedIn(referrer.userId));
  const [payer, eager] = [await newcomer(newEmail(), code), await newcomer(newEmail(), code)];
  await pay(payer.userId);
  expect(await grantsOf(referrer.userId)).toEqual(["welcome 10"]);
  await confirm(payer);
  const once = await grantsOf(referrer.userId);
  expect(once.filter((grant) => grant.startsWith("referral"))).toHaveLength(1);
  await confirm(eager);
  await pay(eager.userId);
  const twice = await grantsOf(referrer.userId);
  expect(twice.filter((grant) => grant.startsWith("referral"))).toHaveLength(2);
});

test("paying and confirming at once reward once, never not at all", async () => {
  const referrer = await newcomer();
  await confirm(referrer);
  const { code } = await createReferralCode(signedIn(referrer.userId));
  for (let round = 0; round < 5; round++) {
    const who = await newcomer(newEmail(), code);
    const token = await linkOf(who);
    await Promise.all([verify(who.userId, token), pay(who.userId)]);
    expect((await referralOf(who.userId))?.rewardedAt).not.toBeNull();
  }
  const rewards = (await grantsOf(referrer.userId)).filter((each) => each.startsWith("referral"));
  expect(rewards).toHaveLength(5);
});

test("the second mailbox of one person earns nobody a reward", async () => {
  const referrer = await newcomer();
  await confirm(referrer);
  const { code } = await createReferralCode(signedIn(referrer.userId));
  const name = randomUUID().replaceAll("-", "");
  const first = await newcomer(`${name}@gmail.com`, code);
  const second = await newcomer(`${name}+b@gmail.com`, code);
  await confirm(first);
  await pay(second.userId);
  await confirm(second);
  expect(await referralOf(second.userId)).toBeUndefined();
  expect(await grantsOf(referrer.userId)).toEqual(["welcome 10"]);
});

test("nothing else is given to an address that is not confirmed: days, invitations", async () => {
  const who = await newcomer();
  const refused = { problem: { code: "email_not_verified" } };
  await expect(claimStreak(signedIn(who.userId))).rejects.toMatchObject(refused);
  await expect(createReferralCode(signedIn(who.userId))).rejects.toMatchObject(refused);
  await confirm(who);
  await claimStreak(signedIn(who.userId));
});

test("an imported balance waits for whoever confirms its address, not for whoever signs up under it first", async () => {
  const email = newEmail();
  expect(await bring(email)).toMatchObject([
    { outcome: "waiting", explanation: `1200 paid credits, until somebody confirms ${email}` },
  ]);
  const { user } = await signUp(visitor(), { email, password: PASSWORD, locale: "en" });
  expect(await grantsOf(user.id)).toEqual(["welcome 10"]);
  expect(await bring(email)).toMatchObject([{ outcome: "waiting" }]);
  await confirm({ userId: user.id, email });
  expect(await grantsOf(user.id)).toEqual(["migration 1200", "migration 1200", "welcome 10"]);
  expect(await bring(email)).toMatchObject([{ outcome: "granted" }]);
});

test("a balance that waits is imported once more without effect, and a changed line is told", async () => {
  const email = newEmail();
  const externalId = randomUUID();
  await bring(email, { externalId });
  expect(await bring(email, { externalId })).toMatchObject([{ outcome: "already_waiting" }]);
  expect(await bring(email, { externalId, credits: "1300" })).toMatchObject([
    { outcome: "failed", explanation: expect.stringContaining("1200 wait from an earlier import") },
  ]);
  expect(await bring(newEmail(), { externalId })).toMatchObject([
    { outcome: "failed", explanation: expect.stringContaining(`waits for ${email}`) },
  ]);
  const who = await newcomer(email);
  await confirm(who);
  expect(await bring(email, { externalId })).toMatchObject([{ outcome: "already_granted" }]);
  expect(await grantsOf(who.userId)).toEqual(["migration 1200", "welcome 10"]);
});

test("an import and a confirmation at once give the balance once and leave none waiting", async () => {
  for (let round = 0; round < 6; round++) {
    const who = await newcomer();
    const token = await linkOf(who);
    const externalId = randomUUID();
    await Promise.all([
      bring(who.email, { externalId }),
      verify(who.userId, token),
      bring(who.email, { externalId }),
    ]);
    expect(await grantsOf(who.userId)).toEqual(["migration 1200", "welcome 10"]);
    const open = await db()
      .select()
      .from(creditClaims)
      .where(eq(creditClaims.externalId, externalId));
    expect(open.every(({ claimedAt }) => claimedAt !== null)).toBe(true);
  }
});

test("a balance that expired while it waited is not given", async () => {
  const who = await newcomer();
  const expiresAt = new Date(clock.now().getTime() + 3_600_000).toISOString();
  await bring(who.email, { expiresAt });
  clock.advanceSeconds(3_600);
  await confirm(who);
  expect(await grantsOf(who.userId)).toEqual(["welcome 10"]);
});

test("the link is sent again three times in a quarter of an hour, and to nobody who is confirmed", async () => {
  const who = await newcomer();
  for (let each = 0; each < 3; each++) await requestVerification(signedIn(who.userId));
  await expect(requestVerification(signedIn(who.userId))).rejects.toMatchObject({
    problem: { code: "too_many_attempts", retryAfterSeconds: 900 },
  });
  await confirm(who);
  await requestVerification(signedIn(who.userId));
  const letters = await lettersTo(who.userId);
  expect(letters.filter((kind) => kind === "verify_email")).toHaveLength(4);
});
