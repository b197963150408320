import { getRouteApi, useNavigate, useRouter } from "@tanstack/react-router";
import { Receipt } from "../features/credits/receipt.tsx";

const route = getRouteApi("/member/history/$jobId");

/** Opened from a card, closing leads back to the card; opened by its address, to the history. */
export function ReceiptPage() {
  const { jobId } = route.useParams();
  const navigate = useNavigate();
  const { history } = useRouter();
  const close = () => {
    if (history.canGoBack()) return history.back();
    void navigate({ to: "/history", resetScroll: false });
  };
  return <Receipt jobId={jobId} onClose={close} />;
}
