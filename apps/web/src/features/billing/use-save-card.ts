import { useMutation } from "@tanstack/react-query";
import type { CardPlace } from "@tintype/core/billing-inputs";
import { useRef } from "react";
import { newId } from "../../lib/new-id.ts";
import { trpc } from "../../lib/trpc.ts";
import { useLeaving } from "./use-leaving.ts";

/** The payment provider's page for a card, without a purchase; it leads back to this part of /billing. */
export function useSaveCard(place: CardPlace) {
  const requestId = useRef(newId());
  const { leave, isLeaving } = useLeaving();
  const save = useMutation(
    trpc.billing.saveCard.mutationOptions({
      onSuccess: ({ url }) => {
        // Whoever comes back and presses again may find that page used or expired.
        requestId.current = newId();
        leave(url);
      },
    }),
  );
  return {
    open: () => save.mutate({ place, requestId: requestId.current }),
    isBusy: save.isPending || isLeaving,
    error: save.error,
  };
}
