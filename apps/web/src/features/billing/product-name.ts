import type { TFunction } from "i18next";

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

/** A product's name in the reader's language, where it is one of ours; else as the operator wrote it. */
export const productName = (t: TFunction, name: string): string =>
  isKnown(name) ? t(`productNames.${known[name]}`) : name;
