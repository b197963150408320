import type { ProductKind } from "./use-checkout.ts";

/** What the button of a product does: it begins a payment, or leads to where an account is made first. */
export type Buying =
  | { by: "press"; busyCode: string | null; buy: (kind: ProductKind, code: string) => void }
  | { by: "link"; addressOf: (code: string) => string };
