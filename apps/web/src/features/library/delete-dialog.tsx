import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { api, trpc } from "../../lib/trpc.ts";
import { useTranslation } from "../../lib/use-translation.ts";

/** As many as the server takes in one request. */
const atOnce = 100;

async function deleteAll(ids: readonly string[]): Promise<void> {
  for (let from = 0; from < ids.length; from += atOnce) {
    await api.assets.delete.mutate({ assetIds: ids.slice(from, from + atOnce) });
  }
}

type Props = { ids: string[]; opened: boolean; onClose: () => void; onDeleted: () => void };

export function DeleteDialog({ ids, opened, onClose, onDeleted }: Props) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const remove = useMutation({
    mutationFn: deleteAll,
    onSuccess: onDeleted,
    // After a failure as well: what came before it is gone.
    onSettled: () => {
      void queryClient.invalidateQueries(trpc.assets.list.pathFilter());
      void queryClient.invalidateQueries(trpc.jobs.list.pathFilter());
    },
  });
  return (
    <ConfirmDialog
      opened={opened}
      title={t("library.delete.title", { count: ids.length })}
      text={t("library.delete.text")}
      confirm={t("actions.delete")}
      keep={t("actions.cancel")}
      loading={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate(ids)}
      onClose={() => {
        remove.reset();
        onClose();
      }}
    />
  );
}
