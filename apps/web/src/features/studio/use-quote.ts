import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { QuoteOffer } from "../../lib/api-types.ts";
import { type DraftSettings, toSettings } from "../../lib/draft-settings.ts";
import { trpc } from "../../lib/trpc.ts";

const debounceMs = 180;

export type QuoteState = {
  /** The price of exactly what the form shows; null while it is being asked for. */
  current: QuoteOffer | null;
  /** The price shown before, to keep its place while the new one is on the way. */
  previous: QuoteOffer | null;
  error: unknown;
};

/**
 * The price of the draft. Words and seed do not change a price, so they do not ask for one.
 * @param walletVersion what is left decides what a job costs beyond the wallet: with another one it is asked for again
 */
export function useQuote(draft: DraftSettings, walletVersion: number | undefined): QuoteState {
  const settings = toSettings({ ...draft, prompt: "", seed: 1 });
  const wanted = JSON.stringify(settings);
  const [settled] = useDebouncedValue({ wanted, settings }, debounceMs);
  const quote = useQuery(
    trpc.jobs.quote.queryOptions(
      { settings: settled.settings },
      { placeholderData: keepPreviousData, staleTime: 15_000, refetchInterval: 60_000 },
    ),
  );
  const { refetch } = quote;
  const knownVersion = useRef(walletVersion);
  useEffect(() => {
    if (knownVersion.current !== undefined && knownVersion.current !== walletVersion)
      void refetch();
    knownVersion.current = walletVersion;
  }, [walletVersion, refetch]);
  const isCurrent = settled.wanted === wanted && !quote.isPlaceholderData && !quote.error;
  return {
    current: isCurrent ? (quote.data ?? null) : null,
    previous: quote.data ?? null,
    error: settled.wanted === wanted ? quote.error : null,
  };
}
