import type { Asset } from "../lib/api-types.ts";
import { useTranslation } from "../lib/use-translation.ts";
import { isVideo, ratioOf } from "./asset-media.ts";
import { CompareSlider } from "./compare-slider.tsx";
import styles from "./result-viewer.module.css";
import { FileGone } from "./stored-media.tsx";
import { StoredVideo } from "./stored-video.tsx";
import { useStoredFile } from "./use-stored-file.ts";

type Props = { output: Asset; input: Asset | null };

/** One finished picture or video at full size; a picture is compared with the photo it came from. */
export function ResultViewer({ output, input }: Props) {
  const { t } = useTranslation();
  const shown = useStoredFile(output);
  const photo = useStoredFile(input);
  const ratio = ratioOf(output);
  const url = shown.file?.url ?? "";
  const maxWidth = `calc(min(66vh, 640px) * ${ratio})`;
  if (shown.isGone) {
    return (
      <div className={styles.frame} style={{ maxWidth, aspectRatio: ratio }}>
        <FileGone />
      </div>
    );
  }
  return (
    <div className={styles.frame} style={{ maxWidth }}>
      {isVideo(output) ? (
        <StoredVideo
          stored={shown}
          className={styles.media}
          style={{ aspectRatio: ratio }}
          controls
          loop
          playsInline
          preload="metadata"
          aria-label={output.fileName}
        />
      ) : input && photo.file?.url && !photo.isGone ? (
        <CompareSlider
          before={photo.file.url}
          after={url}
          beforeAlt={t("compare.beforeAlt", { name: input.fileName })}
          afterAlt={output.fileName}
          ratio={ratio}
          start={0}
          onBeforeError={photo.renew}
          onAfterError={shown.renew}
        />
      ) : (
        <img
          className={styles.media}
          style={{ aspectRatio: ratio }}
          src={url}
          alt={output.fileName}
          onError={shown.renew}
        />
      )}
    </div>
  );
}
