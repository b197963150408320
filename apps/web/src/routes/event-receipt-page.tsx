import { getRouteApi } from "@tanstack/react-router";
import { EventReceipt } from "../features/credits/event-receipt.tsx";
import { useCloseReceipt } from "./close-receipt.ts";

const route = getRouteApi("/member/wallet/receipts/$seq");

export function EventReceiptPage() {
  const { seq } = route.useParams();
  return <EventReceipt seq={Number(seq)} onClose={useCloseReceipt()} />;
}
