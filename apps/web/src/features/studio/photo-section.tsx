import { useQuery } from "@tanstack/react-query";
import { type DragEvent, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemNote } from "../../components/problem-note.tsx";
import type { Asset } from "../../lib/api-types.ts";
import { problemOf } from "../../lib/problem.ts";
import { trpc } from "../../lib/trpc.ts";
import { ChosenPhoto } from "./chosen-photo.tsx";
import { EmptyPhoto } from "./empty-photo.tsx";
import styles from "./photo.module.css";
import { RetryButton } from "./retry-button.tsx";
import { UploadPicker } from "./upload-picker.tsx";
import { UploadProgress } from "./upload-progress.tsx";
import { useUpload } from "./use-upload.ts";

type Props = {
  assetId: string | null;
  limit: number | undefined;
  onChange: (assetId: string | null) => void;
};

/** The photo that everything starts from: dropped, picked, pasted, taken, or one from before. */
export function PhotoSection({ assetId, limit, onChange }: Props) {
  const { t } = useTranslation();
  const [picking, setPicking] = useState(false);
  const [dragging, setDragging] = useState(false);
  const { state, upload, cancel } = useUpload((asset) => onChange(asset.id), limit);
  const photo = usePhoto(assetId, onChange);
  usePaste(upload);

  const drop = (event: DragEvent) => {
    event.preventDefault();
    setDragging(false);
    const [file] = event.dataTransfer.files;
    if (file) void upload(file);
  };
  const choose = ({ id }: Asset) => {
    setPicking(false);
    onChange(id);
  };
  const busy = state.phase === "sending" || state.phase === "checking";
  return (
    <section
      className={styles.section}
      aria-label={t("studio.photo.label")}
      data-dragging={dragging}
      onDragOver={(event) => {
        event.preventDefault();
        setDragging(true);
      }}
      onDragLeave={() => setDragging(false)}
      onDrop={drop}
    >
      {busy ? (
        <UploadProgress state={state} onCancel={cancel} />
      ) : assetId ? (
        <ChosenPhoto photo={photo} onUpload={upload} onPick={() => setPicking(true)} />
      ) : (
        <EmptyPhoto onUpload={upload} onPick={() => setPicking(true)} />
      )}
      {state.phase === "failed" && (
        <ProblemNote error={state.error}>
          <RetryButton error={state.error} onRetry={() => void upload(state.file)} />
        </ProblemNote>
      )}
      <UploadPicker opened={picking} onClose={() => setPicking(false)} onChoose={choose} />
    </section>
  );
}

/** The chosen photo; forgotten when it was deleted or never was this user's. */
function usePhoto(assetId: string | null, onChange: (assetId: null) => void): Asset | undefined {
  const { data, error } = useQuery(
    trpc.assets.get.queryOptions({ assetId: assetId ?? "" }, { enabled: assetId !== null }),
  );
  const code = problemOf(error)?.code;
  const gone = code === "asset_not_found" || code === "not_found" || code === "invalid_input";
  useEffect(() => {
    if (gone) onChange(null);
  }, [gone, onChange]);
  return data;
}

/** A picture in the clipboard is a photo, wherever on the page it is pasted. */
function usePaste(upload: (file: File) => Promise<void>): void {
  useEffect(() => {
    const paste = ({ clipboardData }: ClipboardEvent) => {
      const [file] = clipboardData?.files ?? [];
      if (file) void upload(file);
    };
    document.addEventListener("paste", paste);
    return () => document.removeEventListener("paste", paste);
  });
}
