import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import type { Asset } from "../lib/api-types.ts";
import { isGone } from "../lib/stored-files.ts";
import { api, trpc } from "../lib/trpc.ts";

export type StoredFile = {
  /** With the newest addresses that are known of it. */
  file: Asset | null;
  /** It was deleted, here or elsewhere. */
  isGone: boolean;
  /** For `onError` of what shows it: asks for a new address, once for each that failed. */
  renew: () => void;
};

/** A file whose address may have ended while the computer slept, or which may have been deleted in another window. */
export function useStoredFile(known: Asset | null): StoredFile {
  const queryClient = useQueryClient();
  const [renewed, setRenewed] = useState<Asset | null>(null);
  const [goneId, setGoneId] = useState<string | null>(null);
  const asked = useRef<string | null>(null);
  const file = known && newest(known, renewed);

  const ask = async (assetId: string) => {
    try {
      setRenewed(await api.assets.get.query({ assetId }));
    } catch (error) {
      // Anything else is no word about the file: it stays as it is, and lists bring new addresses by themselves.
      if (!isGone(error)) return;
      setGoneId(assetId);
      void queryClient.invalidateQueries(trpc.assets.list.pathFilter());
      void queryClient.invalidateQueries(trpc.jobs.list.pathFilter());
    }
  };
  return {
    file,
    isGone: file !== null && file.id === goneId,
    renew: () => {
      if (!file || asked.current === file.url) return;
      asked.current = file.url;
      void ask(file.id);
    },
  };
}

const endOf = ({ urlExpiresAt }: Asset) => Date.parse(urlExpiresAt ?? "") || 0;
const newest = (known: Asset, renewed: Asset | null): Asset =>
  renewed?.id === known.id && endOf(renewed) >= endOf(known) ? renewed : known;
