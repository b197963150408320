import { useNavigate, useRouter } from "@tanstack/react-router";

/** Closing leads back to where a receipt was opened; opened by its address, to the wallet. */
export function useCloseReceipt(): () => void {
  const navigate = useNavigate();
  const { history } = useRouter();
  return () => {
    if (history.canGoBack()) return history.back();
    void navigate({ to: "/wallet", resetScroll: false });
  };
}
