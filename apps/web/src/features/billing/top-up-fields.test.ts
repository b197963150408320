import { expect, test } from "vitest";
import { buysAtOnce } from "./top-up-fields.ts";

const moment = {
  settings: { thresholdCredits: 180, packCode: "starter", monthlyCapCents: 3_800 },
  pack: { code: "starter", name: "Starter", priceCents: 1_900, currency: "usd", credits: 1_800 },
  preferences: {
    spendScope: "all",
    topUp: {
      ...{ enabled: false, thresholdCredits: null, packCode: null, monthlyCapCents: null },
      ...{ spentCents: 0, isBuying: false, pausedBecause: null },
    },
  },
  balance: { available: 10, owed: 0 },
} as const;
const topUp = (part: object) => ({
  preferences: { ...moment.preferences, topUp: { ...moment.preferences.topUp, ...part } },
});

test("below the mark a purchase is announced before it is turned on", () => {
  expect(buysAtOnce(moment)).toBe(true);
});

test.each([
  ["as much as the mark is left", { balance: { available: 180, owed: 0 } }],
  ["a debt stops automatic purchases", { balance: { available: 0, owed: 3 } }],
  ["the month's limit would be passed", topUp({ spentCents: 1_901 })],
  ["one is under way", topUp({ isBuying: true })],
  ["packs may not be used", { preferences: { ...moment.preferences, spendScope: "included" } }],
])("nothing is announced when %s", (_, part) => {
  expect(buysAtOnce({ ...moment, ...part } as Parameters<typeof buysAtOnce>[0])).toBe(false);
});
