import { Button } from "@mantine/core";
import IconAdjustments from "@tabler/icons-react/dist/esm/icons/IconAdjustments.mjs";
import IconReceipt from "@tabler/icons-react/dist/esm/icons/IconReceipt.mjs";
import IconVersions from "@tabler/icons-react/dist/esm/icons/IconVersions.mjs";
import { Link } from "@tanstack/react-router";
import type { Asset, Job } from "../lib/api-types.ts";
import { reuseSettings } from "../lib/draft.ts";
import { useTranslation } from "../lib/use-translation.ts";
import { useUser } from "../lib/use-user.ts";
import { DownloadButton } from "./download-button.tsx";
import styles from "./job-actions.module.css";

type Props = {
  job: Pick<Job, "id" | "settings" | "input" | "status">;
  output: Asset | undefined;
  onReused: () => void;
};

/** What one can do with a finished job: keep it, make it again, make more of it, see what it cost. */
export function JobActions({ job, output, onReused }: Props) {
  const { t } = useTranslation();
  const { id: userId } = useUser();
  const reuse = (vary: boolean) => {
    reuseSettings(userId, { settings: job.settings, assetId: job.input?.id ?? null, vary });
    onReused();
  };
  return (
    <div className={styles.actions}>
      {output?.downloadUrl && <DownloadButton key={output.id} asset={output} />}
      {job.status === "completed" && (
        <Button
          size="xs"
          variant="default"
          leftSection={<IconVersions size={16} />}
          onClick={() => reuse(true)}
        >
          {t("jobs.vary")}
        </Button>
      )}
      <Button
        size="xs"
        variant="default"
        leftSection={<IconAdjustments size={16} />}
        onClick={() => reuse(false)}
      >
        {t("jobs.reuse")}
      </Button>
      <Button
        renderRoot={(props) => (
          <Link to="/wallet/jobs/$jobId" params={{ jobId: job.id }} {...props} />
        )}
        size="xs"
        variant="subtle"
        color="gray"
        leftSection={<IconReceipt size={16} />}
      >
        {t("jobs.receipt")}
      </Button>
    </div>
  );
}
