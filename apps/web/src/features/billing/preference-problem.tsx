import { Button } from "@mantine/core";
import type { CardPlace } from "@tintype/core/billing-inputs";
import { ProblemNote } from "../../components/problem-note.tsx";
import { problemOf } from "../../lib/problem.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import { useSaveCard } from "./use-save-card.ts";

type Props = { error: unknown; place: CardPlace; onLeave: () => void };

/** Without a card nothing can be bought in somebody's absence; the way to one is beside the words, and leads back. */
export function PreferenceProblem({ error, place, onLeave }: Props) {
  const { t } = useTranslation();
  const card = useSaveCard(place);
  const go = () => {
    onLeave();
    card.open();
  };
  return (
    <ProblemNote error={card.error ?? error}>
      {problemOf(error)?.code === "payment_method_missing" && (
        <Button size="xs" loading={card.isBusy} onClick={go}>
          {t("billing.method.add")}
        </Button>
      )}
    </ProblemNote>
  );
}
