import { authLimits } from "@tintype/core/auth";
import { expect, test } from "vitest";
import { signIn } from "./sign-in.ts";
import { signUp } from "./sign-up.ts";
import { sweepAuth } from "./sweep-auth.ts";
import { useTestAuth } from "./testing.ts";
import { countAttempt, signInCounters } from "./throttle.ts";

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

test("twenty wrong sign-ins at once on one account from everywhere get exactly five tries", async () => {
  const email = newEmail();
  const outcomes = await outcomeOf(
    times(20, () => signIn(visitor(), { email, password: "wrong" })),
  );
  expect(counted(outcomes)).toEqual({ tried: authLimits.attemptsPerAccount, refused: 15 });
});

test("thirty wrong sign-ins at once from one address get exactly twenty tries", async () => {
  const address = "203.0.113.7";
  const outcomes = await outcomeOf(
    times(30, () => signIn(visitor(address), { email: newEmail(), password: "wrong" })),
  );
  expect(counted(outcomes)).toEqual({ tried: authLimits.attemptsPerAddress, refused: 10 });
});

test("a paused account refuses the right password too, says for how long, and opens again", async () => {
  const email = newEmail();
  await signUp(visitor(), { email, password: PASSWORD, locale: "en" });
  await outcomeOf(times(5, () => signIn(visitor(), { email, password: "wrong" })));

  clock.advanceSeconds(60);
  await expect(signIn(visitor(), { email, password: PASSWORD })).rejects.toMatchObject({
    problem: { code: "too_many_attempts", retryAfterSeconds: 840 },
  });
  clock.advanceSeconds(840);
  await signIn(visitor(), { email, password: PASSWORD });
});

test("a sign-in that succeeds clears the account and never counts", async () => {
  const email = newEmail();
  await signUp(visitor(), { email, password: PASSWORD, locale: "en" });
  const address = "203.0.113.8";

  for (let round = 0; round < 25; round++)
    await signIn(visitor(address), { email, password: PASSWORD });
  await outcomeOf(times(4, () => signIn(visitor(), { email, password: "wrong" })));
  await signIn(visitor(), { email, password: PASSWORD });
  const outcomes = await outcomeOf(times(5, () => signIn(visitor(), { email, password: "wrong" })));
  expect(counted(outcomes)).toEqual({ tried: 5, refused: 0 });
});

test("a refused attempt does not lengthen the pause", async () => {
  const { db } = parts.database;
  const counters = signInCounters(newEmail(), "203.0.113.9");
  for (let round = 0; round < 5; round++) await countAttempt(db, counters, clock.now());
  clock.advanceSeconds(600);
  await outcomeOf(times(3, () => countAttempt(db, counters, clock.now())));

  clock.advanceSeconds(300);
  expect(await outcomeOf([countAttempt(db, counters, clock.now())])).toEqual(["ok"]);
});

test("the sweep keeps what still counts", async () => {
  const { db } = parts.database;
  const counters = signInCounters(newEmail(), "203.0.113.10");
  for (let round = 0; round < 5; round++) await countAttempt(db, counters, clock.now());
  await sweepAuth({ db, now: clock.now });

  expect(await outcomeOf([countAttempt(db, counters, clock.now())])).toEqual(["too_many_attempts"]);
});
