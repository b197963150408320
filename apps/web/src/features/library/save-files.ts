import type { Asset } from "../../lib/api-types.ts";

/** Time between two downloads: browsers drop the first when the second is asked for at once. */
const pauseMs = 400;

/** Hands files to the browser's downloads. Their addresses answer as attachments, so the page stays. */
export function saveFiles(assets: readonly Pick<Asset, "downloadUrl" | "fileName">[]): void {
  assets.forEach(({ downloadUrl, fileName }, index) => {
    if (!downloadUrl) return;
    const link = document.createElement("a");
    link.href = downloadUrl;
    link.download = fileName;
    window.setTimeout(() => link.click(), index * pauseMs);
  });
}
