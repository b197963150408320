import { Button } from "@mantine/core";
import IconDownload from "@tabler/icons-react/dist/esm/icons/IconDownload.mjs";
import IconTrash from "@tabler/icons-react/dist/esm/icons/IconTrash.mjs";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Note } from "../../components/note.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import type { Asset } from "../../lib/api-types.ts";
import { saveFiles } from "../../lib/stored-files.ts";
import { trpc } from "../../lib/trpc.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import styles from "./library.module.css";

type Props = { chosen: Asset[]; onClear: () => void; onDelete: () => void };

/** What can be done with the chosen files. Appears over the grid, so that nothing moves. */
export function SelectionBar({ chosen, onClear, onDelete }: Props) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const save = useMutation({
    mutationFn: () => saveFiles(chosen.map(({ id }) => id)),
    onSuccess: (missing) => {
      if (missing > 0) void queryClient.invalidateQueries(trpc.assets.list.pathFilter());
    },
  });
  const missing = save.data ?? 0;
  return (
    <div className={styles.selectionPlace} role="status">
      {(missing > 0 || save.error) && (
        <NotSaved missing={missing} error={save.error} onClose={() => save.reset()} />
      )}
      {chosen.length > 0 && (
        <div className={styles.selectionBar}>
          <span className={styles.selectionCount}>
            {t("library.selected", { count: chosen.length })}
          </span>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconDownload size={16} />}
            loading={save.isPending}
            onClick={() => save.mutate()}
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

type NotSavedProps = { missing: number; error: unknown; onClose: () => void };

function NotSaved({ missing, error, onClose }: NotSavedProps) {
  const { t } = useTranslation();
  const close = (
    <Button size="xs" variant="default" onClick={onClose}>
      {t("actions.close")}
    </Button>
  );
  if (error) return <ProblemNote error={error}>{close}</ProblemNote>;
  return (
    <Note tone="bad" title={t("files.someGone", { count: missing })}>
      {close}
    </Note>
  );
}
