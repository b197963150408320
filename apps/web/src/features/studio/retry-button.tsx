import { Button } from "@mantine/core";
import { problemOf } from "../../lib/problem.ts";
import { useTranslation } from "../../lib/use-translation.ts";

type Props = { error: unknown; onRetry: () => void };

/** Trying again helps when the way was the trouble; a file that was refused stays refused. */
export function RetryButton({ error, onRetry }: Props) {
  const { t } = useTranslation();
  const code = problemOf(error)?.code;
  if (code && code !== "upload_missing") return null;
  return (
    <Button size="xs" variant="default" onClick={onRetry}>
      {t("actions.tryAgain")}
    </Button>
  );
}
