import { cataloguePresets } from "@tintype/core/catalogue-presets";
import type { TFunction } from "i18next";
import { expect, test } from "vitest";
import ru from "../../locales/ru-billing.json" with { type: "json" };
import { productName } from "./product-name.ts";

const names: Record<string, string> = ru.productNames;
const t = ((key: string) => names[key.replace("productNames.", "")] ?? key) as unknown as TFunction;

test("what the presets sell has a Russian name, and what an operator names keeps the name", () => {
  const packs = Object.values(cataloguePresets).flatMap((preset) => preset.packs);
  for (const { name } of packs) expect(productName(t, name)).toMatch(/[а-я]/);
  expect(productName(t, "Monthly")).toBe("Ежемесячный");
  expect(productName(t, "Holiday pack")).toBe("Holiday pack");
  expect(productName(t, "constructor")).toBe("constructor");
});
