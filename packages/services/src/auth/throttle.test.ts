import { expect, test } from "vitest";
import { resetPassword } from "./reset-password.ts";
import { issueResetToken } from "./reset-tokens.ts";
import { signIn } from "./sign-in.ts";
import { signUp } from "./sign-up.ts";
import { sweepAuth } from "./sweep-auth.ts";
import { useTestAuth } from "./testing.ts";
import { countAttempt } from "./throttle.ts";
import { strangerCounters, warningCounter } from "./throttle-counters.ts";

const { visitor, newEmail, parts, clock } = useTestAuth();
const PASSWORD = "correct horse battery";

const outcomeOf = (attempts: Promise<unknown>[]) =>
  Promise.allSettled(attempts).then((all) =>
    all.map((each) => (each.status === "fulfilled" ? "ok" : each.reason?.problem?.code)),
  );
const times = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => make(index));
const counted = (outcomes: unknown[]) => ({
  tried: outcomes.filter((each) => each === "invalid_credentials").length,
  refused: outcomes.filter((each) => each === "too_many_attempts").length,
});
const wrong = (email: string, address?: string, cookie?: string) =>
  signIn(visitor(address, cookie), { email, password: "wrong" });
const right = (email: string, address?: string, cookie?: string) =>
  signIn(visitor(address, cookie), { email, password: PASSWORD });
const owner = async () => {
  const email = newEmail();
  const { deviceCookie, user } = await signUp(visitor(), {
    email,
    password: PASSWORD,
    locale: "en",
  });
  return { email, userId: user.id, cookie: deviceCookie.split(";")[0] ?? "" };
};
/** Wrong passwords of strangers, each from another address. */
const siege = async (email: string, tries: number) => {
  for (let done = 0; done < tries; done += 20) await outcomeOf(times(20, () => wrong(email)));
};
/** The same without the work of hashing: a siege of hundreds. */
const longSiege = async (email: string, tries: number) => {
  const { db } = parts.database;
  for (let done = 0; done < tries; done++) {
    await outcomeOf([countAttempt(db, strangerCounters(email, `from ${done}`), clock.now())]);
  }
};
const lettersTo = (userId: string) =>
  parts.database.db.execute<{ kind: string }>(
    `select data->>'kind' as kind from pgboss.job where data->>'userId' = '${userId}'`,
  );

test("lock-out: whatever strangers try, a browser that was signed in before signs in at once", async () => {
  const { email, cookie } = await owner();
  const home = "203.0.113.20";
  await longSiege(email, 260);
  await outcomeOf(times(30, () => wrong(email, home)));

  expect(counted(await outcomeOf([wrong(email), wrong(email, home)]))).toEqual({
    tried: 0,
    refused: 2,
  });
  await right(email, home, cookie);
  await right(email, undefined, cookie);
});

test("lock-out: two hundred wrong passwords from elsewhere do not stop the owner in a new browser", async () => {
  const { email } = await owner();
  await longSiege(email, 180);
  await right(email);
});

test("lock-out: behind an address full of wrong passwords others sign in, and wait seconds at most", async () => {
  const [first, second] = [await owner(), await owner()];
  const office = "203.0.113.21";
  const others = async () => outcomeOf(times(20, () => wrong(newEmail(), office)));
  await others();
  await others();
  await right(first.email, office);
  await others();

  await expect(right(second.email, office)).rejects.toMatchObject({
    problem: { code: "too_many_attempts", retryAfterSeconds: 3 },
  });
  clock.advanceSeconds(3);
  await right(second.email, office);
});

test("twenty wrong sign-ins at once on one account from one address get exactly five tries", async () => {
  const email = newEmail();
  const outcomes = await outcomeOf(times(20, () => wrong(email, "203.0.113.22")));
  expect(counted(outcomes)).toEqual({ tried: 5, refused: 15 });
});

test("after five wrong ones a stranger waits twenty seconds for each more, never a quarter of an hour", async () => {
  const { email } = await owner();
  const address = "203.0.113.23";
  await outcomeOf(times(5, () => wrong(email, address)));
  for (let round = 0; round < 3; round++) {
    await expect(right(email, address)).rejects.toMatchObject({
      problem: { code: "too_many_attempts", retryAfterSeconds: 20 },
    });
    clock.advanceSeconds(20);
    expect(await outcomeOf(times(4, () => wrong(email, address)))).toEqual(
      expect.arrayContaining(["invalid_credentials", ...Array(3).fill("too_many_attempts")]),
    );
  }
  clock.advanceSeconds(20);
  await right(email, address);
});

test("a guesser with ten thousand addresses gets two hundred tries, then one in five seconds", async () => {
  const email = newEmail();
  await longSiege(email, 200);
  expect(counted(await outcomeOf(times(20, () => wrong(email))))).toEqual({
    tried: 0,
    refused: 20,
  });
  clock.advanceSeconds(5);
  expect(counted(await outcomeOf(times(20, () => wrong(email))))).toEqual({
    tried: 1,
    refused: 19,
  });
});

test("one address gets sixty accounts to try, then one in three seconds", async () => {
  const address = "203.0.113.24";
  const outcomes = await outcomeOf(times(20, () => wrong(newEmail(), address)));
  expect(counted(outcomes)).toEqual({ tried: 20, refused: 0 });
  await outcomeOf(times(20, () => wrong(newEmail(), address)));
  const last = await outcomeOf(times(20, () => wrong(newEmail(), address)));
  expect(counted(last)).toEqual({ tried: 20, refused: 0 });
  expect(counted(await outcomeOf([wrong(newEmail(), address)]))).toEqual({ tried: 0, refused: 1 });
});

test("a known browser has ten tries of its own and slows nobody else", async () => {
  const { email, cookie } = await owner();
  const outcomes = await outcomeOf(times(14, () => wrong(email, undefined, cookie)));
  expect(counted(outcomes)).toEqual({ tried: 10, refused: 4 });
  await right(email);
  clock.advanceSeconds(20);
  await right(email, undefined, cookie);
  expect(counted(await outcomeOf(times(10, () => wrong(email, undefined, cookie))))).toEqual({
    tried: 10,
    refused: 0,
  });
});

test("many wrong passwords write to the owner once a day, and to nobody without an account", async () => {
  const { email, userId } = await owner();
  await siege(email, 60);
  await siege(newEmail(), 40);
  const kinds = async () => [...(await lettersTo(userId))].map(({ kind }) => kind).toSorted();
  expect(await kinds()).toEqual(["sign_in_attempts", "welcome"]);
  clock.advanceSeconds(24 * 3_600);
  await siege(email, 20);
  expect(await kinds()).toEqual(["sign_in_attempts", "sign_in_attempts", "welcome"]);
});

test("a new password ends the strangers' count and makes every browser a stranger", async () => {
  const { email, userId, cookie } = await owner();
  await longSiege(email, 240);
  const token = await issueResetToken(parts.database.db, userId, clock.now());
  await resetPassword(visitor(), { token, password: PASSWORD });
  await right(email);
  const address = "203.0.113.25";
  await outcomeOf(times(5, () => wrong(email, address, cookie)));
  expect(await outcomeOf([wrong(email, address, cookie)])).toEqual(["too_many_attempts"]);
});

test("sign-ins that succeed are counted: ten at once, then one in ten seconds", async () => {
  const { email, cookie } = await owner();
  const outcomes = await outcomeOf(times(15, () => right(email, undefined, cookie)));
  expect(outcomes.filter((each) => each === "ok")).toHaveLength(10);
  expect(counted(outcomes).refused).toBe(5);
  clock.advanceSeconds(10);
  expect(await outcomeOf(times(3, () => right(email)))).toEqual(
    expect.arrayContaining(["ok", "too_many_attempts", "too_many_attempts"]),
  );
});

test("the right password clears the wrong ones from the same address, not those from elsewhere", async () => {
  const { email } = await owner();
  const address = "203.0.113.26";
  await outcomeOf(times(4, () => wrong(email, address)));
  await right(email, address);
  expect(counted(await outcomeOf(times(5, () => wrong(email, address))))).toEqual({
    tried: 5,
    refused: 0,
  });
});

test("a refused attempt does not lengthen the pause", async () => {
  const { db } = parts.database;
  const counters = strangerCounters(newEmail(), "203.0.113.9");
  for (let round = 0; round < 5; round++) await countAttempt(db, counters, clock.now());
  clock.advanceSeconds(15);
  await outcomeOf(times(3, () => countAttempt(db, counters, clock.now())));
  clock.advanceSeconds(5);
  expect(await outcomeOf([countAttempt(db, counters, clock.now())])).toEqual(["ok"]);
});

test("the sweep keeps what still counts", async () => {
  const { db } = parts.database;
  const email = newEmail();
  const counters = [...strangerCounters(email, "203.0.113.10"), warningCounter(email)];
  await countAttempt(db, counters, clock.now());
  clock.advanceSeconds(23 * 3_600);
  await sweepAuth({ db, now: clock.now });
  const warned = countAttempt(db, [warningCounter(email)], clock.now());
  expect(await outcomeOf([warned])).toEqual(["too_many_attempts"]);
});
