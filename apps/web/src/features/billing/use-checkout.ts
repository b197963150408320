import { useMutation } from "@tanstack/react-query";
import { useRef } from "react";
import { newId } from "../../lib/new-id.ts";
import { trpc } from "../../lib/trpc.ts";
import { useLeaving } from "./use-leaving.ts";

export type ProductKind = "pack" | "plan";

/** Opens the payment provider's page. Pressing twice, or again after a lost reply, opens one. */
export function useCheckout(returnTo: string) {
  const requests = useRef(new Map<string, string>());
  const { leave, isLeaving } = useLeaving();
  const start = useMutation(
    trpc.billing.startCheckout.mutationOptions({
      onSuccess: ({ url }, { code }) => {
        // Whoever comes back and presses again may find that page paid or expired, so that is a new one.
        requests.current.delete(code);
        leave(url);
      },
    }),
  );
  const isBusy = start.isPending || isLeaving;
  const buy = (kind: ProductKind, code: string) => {
    if (isBusy) return;
    const requestId = requests.current.get(code) ?? newId();
    requests.current.set(code, requestId);
    start.mutate({ kind, code, returnTo, requestId });
  };
  return { buy, error: start.error, busyCode: isBusy ? (start.variables?.code ?? null) : null };
}
