import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { ProblemNote } from "../../components/problem-note.tsx";
import type { Asset } from "../../lib/api-types.ts";
import { problemOf } from "../../lib/problem.ts";
import { assetQuery } from "../../lib/queries.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import { ChosenPhoto } from "./chosen-photo.tsx";
import { EmptyPhoto } from "./empty-photo.tsx";
import styles from "./photo.module.css";
import { RetryButton } from "./retry-button.tsx";
import { UploadPicker } from "./upload-picker.tsx";
import { UploadProgress } from "./upload-progress.tsx";
import { useDrop, usePaste } from "./use-incoming-file.ts";
import { useUpload } from "./use-upload.ts";

type Props = {
  assetId: string | null;
  limit: number | undefined;
  onChange: (assetId: string | null) => void;
  /** A photo is on its way, and the one before is no longer what the form shows. */
  onBusy: (busy: boolean) => void;
};

/** The photo that everything starts from: dropped, picked, pasted, taken, or one from before. */
export function PhotoSection({ assetId, limit, onChange, onBusy }: Props) {
  const { t } = useTranslation();
  const [picking, setPicking] = useState(false);
  const { state, upload, cancel } = useUpload((asset) => onChange(asset.id), limit);
  const photo = usePhoto(assetId, onChange);
  usePaste(upload);
  const dragging = useDrop(upload);

  const choose = ({ id }: Asset) => {
    setPicking(false);
    // Another photo is the answer to whatever was wrong with the last one.
    cancel();
    onChange(id);
  };
  const busy = state.phase === "sending" || state.phase === "checking";
  useEffect(() => onBusy(busy), [busy, onBusy]);
  return (
    <section
      className={styles.section}
      aria-label={t("studio.photo.label")}
      data-dragging={dragging}
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
  const { data, error } = useQuery({ ...assetQuery(assetId ?? ""), enabled: assetId !== null });
  const code = problemOf(error)?.code;
  const gone = code === "asset_not_found" || code === "not_found" || code === "invalid_input";
  useEffect(() => {
    if (gone) onChange(null);
  }, [gone, onChange]);
  return data;
}
