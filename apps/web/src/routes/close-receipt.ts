import { useNavigate, useRouter } from "@tanstack/react-router";
import { useRef } from "react";

/**
 * Closing leads back to where a receipt was opened; opened by its address, to the wallet. Until the browser is there the
 * receipt can be pressed again, which must not lead back twice.
 */
export function useCloseReceipt(): () => void {
  const navigate = useNavigate();
  const { history } = useRouter();
  const left = useRef<string | null>(null);
  return () => {
    const { href } = history.location;
    if (left.current === href) return;
    left.current = href;
    if (history.canGoBack()) return history.back();
    void navigate({ to: "/wallet", resetScroll: false });
  };
}
