import type { Asset } from "../lib/api-types.ts";
import { useTranslation } from "../lib/use-translation.ts";
import styles from "./stored-media.module.css";
import { useStoredFile } from "./use-stored-file.ts";

type ThumbnailProps = { asset: Asset; alt: string; className?: string; loading?: "lazy" };

/** The small picture of a file, with an address that is renewed when it has ended. */
export function Thumbnail({ asset, alt, ...props }: ThumbnailProps) {
  const { file, isGone, renew } = useStoredFile(asset);
  if (isGone) return <FileGone />;
  return <img {...props} src={file?.thumbnailUrl ?? ""} alt={alt} onError={renew} />;
}

export function FileGone() {
  const { t } = useTranslation();
  return <span className={styles.gone}>{t("files.gone")}</span>;
}
