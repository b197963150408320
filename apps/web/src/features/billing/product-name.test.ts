import { cataloguePresets } from "@tintype/core/catalogue-presets";
import { expect, test } from "vitest";
import type { Translate } from "../../lib/translate.ts";
import ru from "../../locales/ru-pricing.json" with { type: "json" };
import { productName } from "./product-name.ts";

const names: Record<string, string> = ru.productNames;
const t = ((key: string, { name = "" } = {}) =>
  (names[key.replace("productNames.", "")] ?? key).replace(
    "{{name}}",
    name,
  )) as unknown as Translate;

test("what the presets sell has a Russian name, and what an operator names keeps the name", () => {
  const packs = Object.values(cataloguePresets).flatMap((preset) => preset.packs);
  for (const { name } of packs) expect(productName(t, name)).toMatch(/[а-я]/);
  expect(productName(t, "Monthly")).toBe("Ежемесячный");
  const yearly = Object.values(cataloguePresets)
    .flatMap((preset) => preset.plans)
    .filter(({ interval }) => interval === "year");
  expect(yearly.length).toBeGreaterThan(0);
  for (const { name } of yearly) expect(productName(t, name)).toMatch(/ на год$/);
  expect(productName(t, "Holiday pack")).toBe("Holiday pack");
  expect(productName(t, "constructor")).toBe("constructor");
});
