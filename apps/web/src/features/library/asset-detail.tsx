import { Button, Skeleton } from "@mantine/core";
import IconSparkles from "@tabler/icons-react/dist/esm/icons/IconSparkles.mjs";
import { useQuery } from "@tanstack/react-query";
import { DialogWindow } from "../../components/dialog-window.tsx";
import { DownloadButton } from "../../components/download-button.tsx";
import { JobActions } from "../../components/job-actions.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import { ResultViewer } from "../../components/result-viewer.tsx";
import { SettingsChips } from "../../components/settings-chips.tsx";
import type { Asset } from "../../lib/api-types.ts";
import { updateDraft } from "../../lib/draft.ts";
import { formatBytes, formatDay } from "../../lib/format.ts";
import { asNotFound } from "../../lib/problem.ts";
import { assetQuery, jobQuery } from "../../lib/queries.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import { useUser } from "../../lib/use-user.ts";
import styles from "./asset-detail.module.css";

type Props = { assetId: string; onClose: () => void; onOpenStudio: () => void };

/** One file with everything that is known about it, over the library it was opened from. */
export function AssetDetail({ assetId, onClose, onOpenStudio }: Props) {
  const { t } = useTranslation();
  const { data: asset, error } = useQuery(assetQuery(assetId));
  return (
    <DialogWindow
      opened
      onClose={onClose}
      width={1080}
      title={asset?.fileName ?? t("library.detail")}
    >
      {error ? <ProblemNote error={asNotFound(error)} /> : null}
      {!asset && !error && <Skeleton h="60vh" />}
      {asset?.jobId && <OutputDetail asset={asset} jobId={asset.jobId} onReused={onOpenStudio} />}
      {asset && !asset.jobId && <UploadDetail asset={asset} onUsed={onOpenStudio} />}
    </DialogWindow>
  );
}

type OutputProps = { asset: Asset; jobId: string; onReused: () => void };

function OutputDetail({ asset, jobId, onReused }: OutputProps) {
  const { t } = useTranslation();
  const { data: job, isPending } = useQuery(jobQuery(jobId));
  if (isPending) return <Skeleton h="60vh" />;
  return (
    <div className={styles.detail}>
      <ResultViewer output={asset} input={job?.input ?? null} />
      <div className={styles.side}>
        {job?.settings.prompt && (
          <div>
            <h3 className={styles.label}>{t("studio.prompt.label")}</h3>
            <p className={styles.prompt}>{job.settings.prompt}</p>
          </div>
        )}
        {job && <SettingsChips settings={job.settings} />}
        <Facts asset={asset} />
        {job && <JobActions job={job} output={asset} onReused={onReused} />}
      </div>
    </div>
  );
}

function UploadDetail({ asset, onUsed }: { asset: Asset; onUsed: () => void }) {
  const { t } = useTranslation();
  const { id: userId } = useUser();
  const use = () => {
    updateDraft(userId, { assetId: asset.id });
    onUsed();
  };
  return (
    <div className={styles.detail}>
      <ResultViewer output={asset} input={null} />
      <div className={styles.side}>
        <Facts asset={asset} />
        <div className={styles.actions}>
          <Button size="xs" leftSection={<IconSparkles size={16} />} onClick={use}>
            {t("library.usePhoto")}
          </Button>
          {asset.downloadUrl && <DownloadButton asset={asset} variant="default" />}
        </div>
      </div>
    </div>
  );
}

function Facts({ asset }: { asset: Asset }) {
  const { t, locale } = useTranslation();
  const { width, height, byteSize, createdAt } = asset;
  return (
    <p className={styles.facts}>
      {t("studio.photo.facts", {
        width: width ?? 0,
        height: height ?? 0,
        size: formatBytes(t, byteSize),
      })}
      <br />
      {formatDay(createdAt, locale)}
    </p>
  );
}
