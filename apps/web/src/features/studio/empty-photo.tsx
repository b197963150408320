import IconPhotoUp from "@tabler/icons-react/dist/esm/icons/IconPhotoUp.mjs";
import { useMedia } from "../../lib/use-media.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import { FileButton } from "./file-button.tsx";
import styles from "./photo.module.css";

type Props = { onUpload: (file: File) => Promise<void>; onPick: () => void };

export function EmptyPhoto({ onUpload, onPick }: Props) {
  const { t } = useTranslation();
  const touch = useMedia("(pointer: coarse)");
  return (
    <div className={styles.empty}>
      <span className={styles.emptyIcon} aria-hidden="true">
        <IconPhotoUp size={24} stroke={1.6} />
      </span>
      <p className={styles.emptyTitle}>{t("studio.photo.drop")}</p>
      <p className={styles.emptyText}>{t("studio.photo.rule")}</p>
      <div className={styles.emptyActions}>
        <FileButton onFile={onUpload} look="filled">
          {t("studio.photo.pick")}
        </FileButton>
        {touch && (
          <FileButton onFile={onUpload} camera>
            {t("studio.photo.take")}
          </FileButton>
        )}
        <button type="button" className={styles.button} onClick={onPick}>
          {t("studio.photo.earlier")}
        </button>
      </div>
    </div>
  );
}
