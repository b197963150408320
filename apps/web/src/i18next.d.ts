import "i18next";
import type { Texts } from "./lib/locale-coverage.ts";

// Makes every `t(key)` a compile error when the key does not exist.
declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation";
    resources: { translation: Texts };
  }
}
