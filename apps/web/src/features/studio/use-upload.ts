import { useQueryClient } from "@tanstack/react-query";
import { uploadLimits } from "@tintype/core/assets";
import type { Problem } from "@tintype/core/problems";
import { useEffect, useRef, useState } from "react";
import type { Asset } from "../../lib/api-types.ts";
import { newId } from "../../lib/new-id.ts";
import { postForm, UploadRefused } from "../../lib/post-form.ts";
import { problemOf } from "../../lib/problem.ts";
import { api, trpc } from "../../lib/trpc.ts";
import { checkFile } from "./check-file.ts";

export type UploadState =
  | { phase: "idle" }
  | { phase: "sending"; file: File; share: number }
  | { phase: "checking"; file: File }
  | { phase: "failed"; file: File; error: unknown };

type Sending = { file: File; signal: AbortSignal; onProgress: (share: number) => void };

/** A problem that the browser found itself, in the shape of one from the server. */
const asError = (problem: Problem) => ({ data: { problem } });

/** Asks for a place, sends the bytes straight to storage, and has the server look at what arrived. */
async function send({ file, signal, onProgress }: Sending, onSent: () => void): Promise<Asset> {
  const { assetId, url, fields } = await api.assets.createUpload.mutate(
    { id: newId(), fileName: file.name, contentType: file.type, byteSize: file.size },
    { signal },
  );
  await postForm({ url, fields, file, signal, onProgress });
  onSent();
  return confirm(assetId, signal);
}

/** Together with what the server says to wait, longer than anybody's turn takes to come. */
const CONFIRM_TRIES = 12;

/** A server that is busy has the file already: its turn is asked for again, and nobody has to send it twice. */
async function confirm(assetId: string, signal: AbortSignal): Promise<Asset> {
  for (let left = CONFIRM_TRIES - 1; ; left--) {
    try {
      return await api.assets.confirmUpload.mutate({ assetId }, { signal });
    } catch (error) {
      const problem = problemOf(error);
      const isOurs = problem?.code === "busy" || problem?.code === "unavailable";
      if (!isOurs || left === 0 || signal.aborted) throw error;
      await pause(problem.retryAfterSeconds * 1_000, signal);
    }
  }
}

const pause = (milliseconds: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    const leave = () => {
      clearTimeout(timer);
      resolve();
    };
    signal.addEventListener("abort", leave, { once: true });
  });

/** The storage's own words for what our limits say. */
function translateRefusal(error: unknown, file: File, limit: number): unknown {
  if (!(error instanceof UploadRefused)) return error;
  if (error.code === "EntityTooSmall") return asError({ code: "upload_empty" });
  if (error.code === "EntityTooLarge") {
    return asError({ code: "upload_too_large", byteSize: file.size, limit });
  }
  return error;
}

/** One upload at a time; a new one replaces the one that is under way. */
export function useUpload(onReady: (asset: Asset) => void, limit: number = uploadLimits.byteSize) {
  const queryClient = useQueryClient();
  const [state, setState] = useState<UploadState>({ phase: "idle" });
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);

  const cancel = () => {
    running.current?.abort();
    setState({ phase: "idle" });
  };

  const upload = async (file: File) => {
    running.current?.abort();
    const problem = checkFile(file, limit);
    if (problem) return setState({ phase: "failed", file, error: asError(problem) });

    const controller = new AbortController();
    const { signal } = controller;
    running.current = controller;
    const onProgress = (share: number) => setState({ phase: "sending", file, share });
    onProgress(0);
    try {
      const sent = () => setState({ phase: "checking", file });
      const asset = await send({ file, signal, onProgress }, sent);
      queryClient.setQueryData(trpc.assets.get.queryKey({ assetId: asset.id }), asset);
      void queryClient.invalidateQueries(trpc.assets.list.pathFilter());
      setState({ phase: "idle" });
      onReady(asset);
    } catch (error) {
      // An aborted upload was replaced or left on purpose: there is nothing to say about it.
      if (signal.aborted) return;
      setState({ phase: "failed", file, error: translateRefusal(error, file, limit) });
    }
  };

  return { state, upload, cancel };
}
