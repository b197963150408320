import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { AssetDetail } from "../features/library/asset-detail.tsx";

const route = getRouteApi("/member/library/$assetId");

export function LibraryAssetPage() {
  const { assetId } = route.useParams();
  const navigate = useNavigate();
  return (
    <AssetDetail
      assetId={assetId}
      onClose={() =>
        void navigate({ to: "/library", search: (search) => search, resetScroll: false })
      }
      onOpenStudio={() => void navigate({ to: "/studio" })}
    />
  );
}
