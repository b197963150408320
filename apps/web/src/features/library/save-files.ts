import type { Asset } from "../../lib/api-types.ts";

/** Hands files to the browser's downloads. Their addresses answer as attachments, so the page stays. */
export function saveFiles(assets: readonly Pick<Asset, "downloadUrl" | "fileName">[]): void {
  for (const { downloadUrl, fileName } of assets) {
    if (!downloadUrl) continue;
    const frame = document.createElement("iframe");
    frame.hidden = true;
    frame.title = fileName;
    frame.src = downloadUrl;
    document.body.append(frame);
    // A frame that loaded an attachment has no later event; a minute is enough for the answer's head.
    window.setTimeout(() => frame.remove(), 60_000);
  }
}
