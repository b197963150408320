import { Button, Skeleton } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { DialogWindow } from "../../components/dialog-window.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import { Thumbnail } from "../../components/stored-media.tsx";
import type { Asset } from "../../lib/api-types.ts";
import { assetsQuery } from "../../lib/queries.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import styles from "./photo.module.css";

export type PickerProps = {
  opened: boolean;
  onClose: () => void;
  onChoose: (asset: Asset) => void;
};

/** Photos from before, to start from again without another upload. */
export function UploadPickerWindow({ opened, onClose, onChoose }: PickerProps) {
  const { t } = useTranslation();
  return (
    <DialogWindow
      opened={opened}
      onClose={onClose}
      width={720}
      title={t("studio.photo.earlierTitle")}
    >
      <Uploads onChoose={onChoose} />
    </DialogWindow>
  );
}

/** Inside the dialog, so that nothing is asked for before it opens. */
function Uploads({ onChoose }: Pick<PickerProps, "onChoose">) {
  const { t } = useTranslation();
  const uploads = useInfiniteQuery(assetsQuery({ kind: "upload" }));
  const items = uploads.data?.pages.flatMap((page) => page.items) ?? [];

  if (uploads.error) return <ProblemNote error={uploads.error} />;
  if (uploads.data && items.length === 0) return <p>{t("studio.photo.none")}</p>;
  return (
    <>
      <ul className={styles.uploads}>
        {uploads.isPending &&
          [1, 2, 3, 4].map((place) => (
            <li key={place} className={styles.upload}>
              <Skeleton h="100%" />
            </li>
          ))}
        {items.map((asset) => (
          <li key={asset.id} className={styles.upload}>
            <button
              type="button"
              className={styles.uploadButton}
              aria-label={t("studio.photo.use", { name: asset.fileName })}
              onClick={() => onChoose(asset)}
            >
              <Thumbnail asset={asset} alt="" loading="lazy" />
            </button>
          </li>
        ))}
      </ul>
      {uploads.hasNextPage && (
        <Button
          mt="md"
          fullWidth
          variant="default"
          loading={uploads.isFetchingNextPage}
          onClick={() => void uploads.fetchNextPage()}
        >
          {t("actions.more")}
        </Button>
      )}
    </>
  );
}
