import { uploadContentTypes } from "@tintype/core/assets";
import type { ReactNode } from "react";
import styles from "./photo.module.css";

type Props = {
  children: ReactNode;
  onFile: (file: File) => Promise<void>;
  camera?: boolean;
  look?: "plain" | "filled";
};

/** A file input that looks like a button; `camera` opens the camera of a phone. */
export function FileButton({ children, onFile, camera = false, look = "plain" }: Props) {
  return (
    <label className={`${styles.button} ${look === "filled" ? styles.filled : ""}`}>
      {children}
      <input
        className={styles.file}
        type="file"
        accept={uploadContentTypes.join(",")}
        {...(camera ? { capture: "environment" as const } : {})}
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? [];
          // Emptied, so that choosing the same file again is a change again.
          currentTarget.value = "";
          if (file) void onFile(file);
        }}
      />
    </label>
  );
}
