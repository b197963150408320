import { useMutation } from "@tanstack/react-query";
import { trpc } from "../../lib/trpc.ts";
import { useLeaving } from "./use-leaving.ts";

/** The payment provider's own page for cards, addresses and invoices; it leads back to where this was pressed. */
export function usePortal(returnTo: string) {
  const { leave, isLeaving } = useLeaving();
  const open = useMutation(
    trpc.billing.openPortal.mutationOptions({ onSuccess: ({ url }) => leave(url) }),
  );
  return {
    open: () => open.mutate({ returnTo }),
    isBusy: open.isPending || isLeaving,
    error: open.error,
  };
}
