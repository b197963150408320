import type { AspectRatio } from "@tintype/core/generation";
import styles from "./studio-form.module.css";

const longSide = 18;

/** The outline of a format, because a shape is read faster than two numbers. */
export function AspectShape({ ratio }: { ratio: AspectRatio }) {
  const [width = 1, height = 1] = ratio.split(":").map(Number);
  const scale = longSide / Math.max(width, height);
  return (
    <span className={styles.shapeBox}>
      <span
        className={styles.shape}
        style={{ width: Math.round(width * scale), height: Math.round(height * scale) }}
      />
    </span>
  );
}
