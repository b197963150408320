import { Button } from "@mantine/core";
import IconDownload from "@tabler/icons-react/dist/esm/icons/IconDownload.mjs";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Asset } from "../lib/api-types.ts";
import { isGone, saveFile } from "../lib/stored-files.ts";
import { trpc } from "../lib/trpc.ts";
import { useTranslation } from "../lib/use-translation.ts";
import styles from "./job-actions.module.css";
import { Note } from "./note.tsx";
import { ProblemNote } from "./problem-note.tsx";

type Props = { asset: Pick<Asset, "id">; variant?: "filled" | "default" };

/** Saves a file; when it has been deleted meanwhile, says so in our words instead of leaving for the store's. */
export function DownloadButton({ asset, variant = "filled" }: Props) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const save = useMutation({
    mutationFn: () => saveFile(asset.id),
    onError: (error) => {
      if (!isGone(error)) return;
      void queryClient.invalidateQueries(trpc.assets.list.pathFilter());
    },
  });
  return (
    <>
      <Button
        size="xs"
        variant={variant}
        leftSection={<IconDownload size={16} />}
        loading={save.isPending}
        disabled={isGone(save.error)}
        onClick={() => save.mutate()}
      >
        {t("actions.download")}
      </Button>
      {save.error && (
        <div className={styles.problem}>
          {isGone(save.error) ? (
            <Note tone="bad" role="alert" title={t("files.gone")} text={t("files.goneAdvice")} />
          ) : (
            <ProblemNote error={save.error} />
          )}
        </div>
      )}
    </>
  );
}
