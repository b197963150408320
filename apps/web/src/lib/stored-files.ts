import type { Asset } from "./api-types.ts";
import { problemOf } from "./problem.ts";
import { api } from "./trpc.ts";

/** Time between two downloads: browsers drop the first when the second is asked for at once. */
const PAUSE_MS = 400;
/** Addresses are renewed so long before they end… */
const MARGIN_MS = 5 * 60_000;
/** …and in any case within these bounds, for the clock of this computer may be wrong. They are good for 45 minutes or more. */
const RENEWAL_MS = { soonest: 60_000, latest: 35 * 60_000 };

type Addressed = Pick<Asset, "urlExpiresAt">;

/** For `refetchInterval`. @returns milliseconds until the addresses are to be asked for again; false: there are none */
export function untilRenewal(files: readonly (Addressed | null)[], now: number): number | false {
  const ends = files.flatMap((file) => (file?.urlExpiresAt ? [Date.parse(file.urlExpiresAt)] : []));
  if (ends.length === 0) return false;
  const wait = Math.min(...ends) - MARGIN_MS - now;
  return Math.min(Math.max(wait, RENEWAL_MS.soonest), RENEWAL_MS.latest);
}

/**
 * Hands a file to the browser's downloads. Its address is asked for at this moment: the one that came with the page may
 * have ended, and then the store would answer with its own XML in place of the page. It answers as an attachment, so
 * the page stays.
 * @throws TRPCClientError with asset_not_found when it has been deleted meanwhile
 */
export async function saveFile(assetId: string): Promise<void> {
  const { downloadUrl, fileName } = await api.assets.get.query({ assetId });
  if (downloadUrl === null) return;
  const link = document.createElement("a");
  link.href = downloadUrl;
  link.download = fileName;
  link.click();
}

/** One after another, each with an address of its moment. @returns how many had been deleted meanwhile */
export async function saveFiles(assetIds: readonly string[]): Promise<number> {
  let missing = 0;
  for (const [index, assetId] of assetIds.entries()) {
    if (index > 0) await new Promise((resolve) => window.setTimeout(resolve, PAUSE_MS));
    try {
      await saveFile(assetId);
    } catch (error) {
      if (!isGone(error)) throw error;
      missing += 1;
    }
  }
  return missing;
}

export const isGone = (error: unknown): boolean => problemOf(error)?.code === "asset_not_found";
