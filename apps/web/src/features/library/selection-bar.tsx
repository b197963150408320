import { Button } from "@mantine/core";
import IconDownload from "@tabler/icons-react/dist/esm/icons/IconDownload.mjs";
import IconTrash from "@tabler/icons-react/dist/esm/icons/IconTrash.mjs";
import { useTranslation } from "react-i18next";
import type { Asset } from "../../lib/api-types.ts";
import styles from "./library.module.css";
import { saveFiles } from "./save-files.ts";

type Props = { chosen: Asset[]; onClear: () => void; onDelete: () => void };

/** What can be done with the chosen files. Appears over the grid, so that nothing moves. */
export function SelectionBar({ chosen, onClear, onDelete }: Props) {
  const { t } = useTranslation();
  return (
    <div className={styles.selectionPlace} role="status">
      {chosen.length > 0 && (
        <div className={styles.selectionBar}>
          <span className={styles.selectionCount}>
            {t("library.selected", { count: chosen.length })}
          </span>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconDownload size={16} />}
            onClick={() => saveFiles(chosen)}
          >
            {t("actions.download")}
          </Button>
          <Button size="xs" color="red" leftSection={<IconTrash size={16} />} onClick={onDelete}>
            {t("actions.delete")}
          </Button>
          <Button size="xs" variant="subtle" color="gray" onClick={onClear}>
            {t("library.clear")}
          </Button>
        </div>
      )}
    </div>
  );
}
