import { useTranslation } from "react-i18next";
import type { Asset } from "../lib/api-types.ts";
import { isVideo, ratioOf } from "./asset-media.ts";
import { CompareSlider } from "./compare-slider.tsx";
import styles from "./result-viewer.module.css";

type Props = { output: Asset; input: Asset | null };

/** One finished picture or video at full size; a picture is compared with the photo it came from. */
export function ResultViewer({ output, input }: Props) {
  const { t } = useTranslation();
  const ratio = ratioOf(output);
  const url = output.url ?? "";
  const maxWidth = `calc(min(66vh, 640px) * ${ratio})`;
  return (
    <div className={styles.frame} style={{ maxWidth }}>
      {isVideo(output) ? (
        // A generated clip has no sound and no speech, so there is nothing to caption.
        <video
          className={styles.media}
          style={{ aspectRatio: ratio }}
          src={url}
          {...(output.thumbnailUrl ? { poster: output.thumbnailUrl } : {})}
          controls
          loop
          playsInline
          preload="metadata"
          aria-label={output.fileName}
        />
      ) : input?.url ? (
        <CompareSlider
          before={input.url}
          after={url}
          beforeAlt={t("compare.beforeAlt", { name: input.fileName })}
          afterAlt={output.fileName}
          ratio={ratio}
          start={0}
        />
      ) : (
        <img
          className={styles.media}
          style={{ aspectRatio: ratio }}
          src={url}
          alt={output.fileName}
        />
      )}
    </div>
  );
}
