import { getRouteApi } from "@tanstack/react-router";
import { Receipt } from "../features/credits/receipt.tsx";
import { useCloseReceipt } from "./close-receipt.ts";

const route = getRouteApi("/member/wallet/jobs/$jobId");

export function JobReceiptPage() {
  const { jobId } = route.useParams();
  return <Receipt jobId={jobId} onClose={useCloseReceipt()} />;
}
