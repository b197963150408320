import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { refreshMoney } from "./billing-queries.ts";

/**
 * For buttons that lead to a page of the payment provider: busy until the browser is there. Who comes back with the
 * browser's own button finds this page as it was left: it must not be busy any more, and not show what was changed there.
 */
export function useLeaving() {
  const queryClient = useQueryClient();
  const [isLeaving, setLeaving] = useState(false);
  useEffect(() => {
    const comeBack = ({ persisted }: PageTransitionEvent) => {
      if (!persisted) return;
      setLeaving(false);
      void refreshMoney(queryClient);
    };
    window.addEventListener("pageshow", comeBack);
    return () => window.removeEventListener("pageshow", comeBack);
  }, [queryClient]);
  const leave = (url: string) => {
    setLeaving(true);
    window.location.assign(url);
  };
  return { leave, isLeaving };
}
