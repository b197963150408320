import { useState } from "react";
import styles from "./preset-picture.module.css";

type Props = { folder: "scene" | "pose" | "model" | "camera"; name: string };

/** A picture made by our own generator. Decoration beside a label; without it there is a quiet plate. */
export function PresetPicture({ folder, name }: Props) {
  const [missing, setMissing] = useState(false);
  if (missing) return <span className={`${styles.picture} ${styles.plate}`} aria-hidden="true" />;
  return (
    <img
      className={styles.picture}
      src={`/presets/${folder}/${name}.webp`}
      alt=""
      width={320}
      height={320}
      loading="lazy"
      decoding="async"
      onError={() => setMissing(true)}
    />
  );
}
