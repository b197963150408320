import fc from "fast-check";
import { expect, test } from "vitest";
import { ruleOfWeak, type WeakReason, weakReasonOf, weakReasons } from "./password-rules.ts";
import { passwordStrength } from "./password-strength.ts";

const owner = { email: "anna.petrova@example.com" };

const refused: [string, WeakReason][] = [
  ["          ", "blank"],
  [" \u00a0 \u2003 \u200b  \u00a0", "blank"],
  ["1234567890", "known"],
  ["qwertyuiop", "known"],
  ["1q2w3e4r5t", "known"],
  ["P@ssw0rd123", "known"],
  ["p@$$w0rd!!", "known"],
  ["Password2024!", "known"],
  ["iloveyou123", "known"],
  ["пароль12345", "words"],
  ["йцукенгшщз", "known"],
  ["anna.petrova@example.com", "personal"],
  ["ANNA.PETROVA@EXAMPLE.COM", "personal"],
  ["anna.petrova", "personal"],
  ["annapetrova1", "personal"],
  ["Petrova1990", "personal"],
  ["avortep.anna", "personal"],
  ["Example2026", "personal"],
  ["tintype2026", "personal"],
  ["tintype-tintype", "personal"],
  ["тинтайп2026", "personal"],
  ["tgbnhyujmk", "keyboard"],
  ["еПитРнгОьл", "keyboard"],
  ["tgbyhnujmik,", "keyboard"],
  ["!QAZ2wsx#EDC4rfv", "keyboard"],
  ["aaaaaaaaaa", "repeat"],
  ["abcabcabcabc", "repeat"],
  ["demo-demo-demo", "repeat"],
  ["secret secret", "repeat"],
  ["🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂", "repeat"],
  ["abcdefghij", "sequence"],
  ["01.02.1990", "date"],
  ["01.02.1990 17.11.2014", "date"],
  ["19900201199", "date"],
  ["футбол2020", "words"],
];

test.each(refused)("%j is refused: %s", (password, reason) => {
  const strength = passwordStrength(password, owner);
  expect(strength.reason).toBe(reason);
  expect(strength.level).toBeLessThan(3);
});

test.each([
  "correct horse battery",
  "mellow otter paints",
  "зелёный конь пьёт чай",
  "kd9Fq2-Lx7",
  "x.Y-2_k!9z",
  " leading and trailing ",
  "anna likes three blue otters",
])("%j is accepted", (password) => {
  expect(passwordStrength(password, owner)).toMatchObject({ reason: null });
});

test("what is personal depends on the person", () => {
  expect(passwordStrength("vasilisa-k", { email: "vasilisa-k@example.com" }).reason).toBe(
    "personal",
  );
  expect(passwordStrength("vasilisa-k", owner).reason).not.toBe("personal");
});

test("an address longer than what is looked at is found out, too", () => {
  const email = `${"long.winded".repeat(5)}@example.com`;
  expect(passwordStrength(email, { email }).reason).toBe("personal");
});

test("it does not matter whether a letter comes in one piece or in two", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", minLength: 10, maxLength: 60 }), (password) => {
      const strength = passwordStrength(password, owner);
      expect(passwordStrength(password.normalize("NFD"), owner)).toEqual(strength);
      expect(strength.reason === null).toBe(strength.level >= 3);
    }),
    { numRuns: 60 },
  );
});

test("every reason travels as a rule and comes back", () => {
  for (const reason of weakReasons) expect(weakReasonOf(ruleOfWeak(reason))).toBe(reason);
  expect(weakReasonOf("too_small")).toBeNull();
});
