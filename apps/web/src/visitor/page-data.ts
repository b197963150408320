import { createContext, useContext, useEffect, useState } from "react";
import type { BillingCatalogue, CatalogueOffer } from "../lib/api-types.ts";
import { askForOffer, type Offer } from "../lib/ask-server.ts";

/** What the operator may change at any time, and a page shows. */
export type PageData = {
  welcomeCredits: number;
  /** Of the price list only. */
  list: { catalogue: BillingCatalogue; prices: CatalogueOffer["prices"] } | null;
};

export const dataOf = ({ catalogue, sold }: Offer, withList: boolean): PageData => ({
  welcomeCredits: catalogue.rewards.welcomeCredits,
  list: withList ? { catalogue: sold, prices: catalogue.prices } : null,
});

/** The document has it, unless it was sent while the server could not reach its database. */
export const PageDataContext = createContext<PageData | null>(null);

const MAX_DELAY_MS = 10_000;
const FIRST_DELAY_MS = 1_000;

/** What the document has, else what the server says once it can: it is asked until it answers. */
export function usePageData(): { data: PageData | null; error: unknown } {
  const given = useContext(PageDataContext);
  const [asked, setAsked] = useState<PageData | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    if (given) return;
    let timer = 0;
    const ask = async (delayMs: number) => {
      try {
        setAsked(dataOf(await askForOffer(), true));
        setError(null);
      } catch (failure) {
        setError(failure);
        timer = window.setTimeout(() => void ask(Math.min(2 * delayMs, MAX_DELAY_MS)), delayMs);
      }
    };
    void ask(FIRST_DELAY_MS);
    return () => window.clearTimeout(timer);
  }, [given]);
  return { data: given ?? asked, error };
}
