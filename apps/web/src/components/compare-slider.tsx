import { type ComponentProps, type CSSProperties, useState } from "react";
import { useTranslation } from "../lib/use-translation.ts";
import styles from "./compare-slider.module.css";

/** A square picture of our own, in the sizes it comes in; `avif` and `webp` are source sets. */
export type SizedPicture = {
  avif: string;
  webp: string;
  sizes: string;
  /** For browsers that know neither source sets nor the first format. */
  src: string;
  /** Pixels of the largest. */
  side: number;
};

type Props = {
  before: string | SizedPicture;
  after: string | SizedPicture;
  beforeAlt: string;
  afterAlt: string;
  /** Width divided by height of the frame; the photo before is fitted into it. */
  ratio: number;
  start?: number;
  /** Fill the frame with the photo before, and lose its edges, instead of showing all of it. */
  fill?: boolean;
  onBeforeError?: () => void;
  onAfterError?: () => void;
};

/** Before and after in one frame. The handle is a real range input: mouse, touch, arrows and screen readers. */
export function CompareSlider(props: Props) {
  const { t } = useTranslation();
  const { before, after, beforeAlt, afterAlt, ratio, start = 50, fill = false } = props;
  const [split, setSplit] = useState(start);
  const style: CSSProperties & Record<"--split", string> = {
    "--split": `${split}%`,
    aspectRatio: ratio,
  };
  return (
    <div className={styles.frame} style={style}>
      <Picture
        picture={after}
        className={styles.after}
        alt={afterAlt}
        // Of the two it is the one that is looked at first.
        fetchPriority="high"
        onError={props.onAfterError}
      />
      <div className={styles.before}>
        {!fill && <Picture picture={before} className={styles.backdrop} alt="" />}
        <Picture
          picture={before}
          className={styles.photo}
          data-fill={fill}
          alt={beforeAlt}
          onError={props.onBeforeError}
        />
      </div>
      <span className={`${styles.tag} ${styles.tagBefore}`} aria-hidden="true">
        {t("compare.before")}
      </span>
      <span className={`${styles.tag} ${styles.tagAfter}`} aria-hidden="true">
        {t("compare.after")}
      </span>
      <input
        className={styles.range}
        type="range"
        min={0}
        max={100}
        value={split}
        aria-label={t("compare.label")}
        aria-valuetext={t("compare.value", { value: split })}
        onChange={(event) => setSplit(event.currentTarget.valueAsNumber)}
      />
      <span className={styles.line} aria-hidden="true" />
      <span className={styles.handle} aria-hidden="true" />
    </div>
  );
}

type PictureProps = ComponentProps<"img"> & { picture: string | SizedPicture };

function Picture({ picture, ...rest }: PictureProps) {
  if (typeof picture === "string") {
    // biome-ignore lint/a11y/useAltText: it is among the rest.
    return <img {...rest} src={picture} draggable={false} />;
  }
  const { avif, webp, sizes, src, side } = picture;
  return (
    <picture>
      <source type="image/avif" srcSet={avif} sizes={sizes} />
      {/* biome-ignore lint/a11y/useAltText: it is among the rest. */}
      <img
        {...rest}
        {...{ sizes, src }}
        srcSet={webp}
        width={side}
        height={side}
        draggable={false}
      />
    </picture>
  );
}
