import type { Translate } from "../../lib/translate.ts";

/** What the presets of the catalogue call their products. */
const known = {
  "30 minutes": "minutes30",
  "2 hours": "hours2",
  "5 hours": "hours5",
  "100 credits": "credits100",
  "500 credits": "credits500",
  "1,500 credits": "credits1500",
  Monthly: "monthly",
} as const;

const isKnown = (name: string): name is keyof typeof known => Object.hasOwn(known, name);

/** As the presets call a plan that is paid once a year. */
const YEARLY = / Annual$/;

/** A product's name in the reader's language, where it is one of ours; else as the operator wrote it. */
export function productName(t: Translate, name: string): string {
  if (isKnown(name)) return t(`productNames.${known[name]}`);
  if (!YEARLY.test(name)) return name;
  return t("productNames.annual", { name: productName(t, name.replace(YEARLY, "")) });
}
