import { Button } from "@mantine/core";
import { useIsFetching, useQueryClient } from "@tanstack/react-query";
import section from "../../components/section.module.css";
import { useTranslation } from "../../lib/use-translation.ts";

type Props = { text: string; query: { queryKey: readonly unknown[] } };

/** A part of the page whose answer somebody else owes us: it says so, and can be asked for again. */
export function AskAgain({ text, query: { queryKey } }: Props) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const isAsking = useIsFetching({ queryKey }) > 0;
  return (
    <>
      <p className={section.text}>{text}</p>
      <Button
        size="xs"
        variant="default"
        my="xs"
        loading={isAsking}
        onClick={() => queryClient.refetchQueries({ queryKey })}
      >
        {t("actions.tryAgain")}
      </Button>
    </>
  );
}
