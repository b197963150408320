import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { trpc } from "../../lib/trpc.ts";

type Props = { ids: string[]; opened: boolean; onClose: () => void; onDeleted: () => void };

export function DeleteDialog({ ids, opened, onClose, onDeleted }: Props) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const remove = useMutation(
    trpc.assets.delete.mutationOptions({
      onSuccess: () => {
        onDeleted();
        void queryClient.invalidateQueries(trpc.assets.list.pathFilter());
        void queryClient.invalidateQueries(trpc.jobs.list.pathFilter());
      },
    }),
  );
  return (
    <ConfirmDialog
      opened={opened}
      title={t("library.delete.title", { count: ids.length })}
      text={t("library.delete.text")}
      confirm={t("actions.delete")}
      keep={t("actions.cancel")}
      loading={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate({ assetIds: ids.slice(0, 100) })}
      onClose={() => {
        remove.reset();
        onClose();
      }}
    />
  );
}
