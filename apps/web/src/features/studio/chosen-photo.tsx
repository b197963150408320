import { Skeleton } from "@mantine/core";
import { Thumbnail } from "../../components/stored-media.tsx";
import type { Asset } from "../../lib/api-types.ts";
import { formatBytes } from "../../lib/format.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import { FileButton } from "./file-button.tsx";
import styles from "./photo.module.css";

type Props = {
  photo: Asset | undefined;
  onUpload: (file: File) => Promise<void>;
  onPick: () => void;
};

export function ChosenPhoto({ photo, onUpload, onPick }: Props) {
  const { t } = useTranslation();
  return (
    <div className={styles.chosen}>
      <div className={styles.thumb}>
        {photo?.thumbnailUrl ? (
          <Thumbnail asset={photo} alt={t("studio.photo.alt", { name: photo.fileName })} />
        ) : (
          <Skeleton w="100%" h="100%" radius={0} />
        )}
      </div>
      <div className={styles.facts}>
        {photo ? (
          <>
            <p className={styles.name}>{photo.fileName}</p>
            <p className={styles.size}>
              {t("studio.photo.facts", {
                width: photo.width ?? 0,
                height: photo.height ?? 0,
                size: formatBytes(t, photo.byteSize),
              })}
            </p>
          </>
        ) : (
          <>
            <Skeleton h={16} w="70%" mt={3} />
            <Skeleton h={12} w="50%" mt={9} />
          </>
        )}
        <div className={styles.chosenActions}>
          <FileButton onFile={onUpload}>{t("studio.photo.replace")}</FileButton>
          <button type="button" className={styles.button} onClick={onPick}>
            {t("studio.photo.earlier")}
          </button>
        </div>
      </div>
    </div>
  );
}
