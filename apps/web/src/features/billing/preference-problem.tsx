import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { ProblemNote } from "../../components/problem-note.tsx";
import { problemOf } from "../../lib/problem.ts";
import { usePortal } from "./use-portal.ts";

/** Without a card nothing can be bought in somebody's absence; the way to one is beside the words. */
export function PreferenceProblem({ error }: { error: unknown }) {
  const { t } = useTranslation();
  const portal = usePortal("/billing");
  return (
    <ProblemNote error={error}>
      {problemOf(error)?.code === "payment_method_missing" && (
        <Button size="xs" variant="default" loading={portal.isBusy} onClick={portal.open}>
          {t("billing.method.open")}
        </Button>
      )}
    </ProblemNote>
  );
}
