import { Button } from "@mantine/core";
import IconAlertCircle from "@tabler/icons-react/dist/esm/icons/IconAlertCircle.mjs";
import type { ReactNode } from "react";
import { explain } from "../lib/problem.ts";
import { useTranslation } from "../lib/use-translation.ts";
import { Note } from "./note.tsx";

type Props = {
  error: unknown;
  /** Asks again for what did not come. */
  onRetry?: () => unknown;
  children?: ReactNode;
};

/** A failure in words, beside what failed. Shows nothing while there is none. */
export function ProblemNote({ error, onRetry, children }: Props) {
  const { t } = useTranslation();
  if (!error) return null;
  const { title, advice } = explain(t, error);
  return (
    <Note tone="bad" role="alert" icon={<IconAlertCircle size={18} />} title={title} text={advice}>
      {onRetry ? (
        <Button size="xs" variant="default" onClick={() => onRetry()}>
          {t("actions.tryAgain")}
        </Button>
      ) : (
        children
      )}
    </Note>
  );
}
