import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Note } from "../../components/note.tsx";
import { useTranslation } from "../../lib/use-translation.ts";

type Props = { trouble: "past_due" | "paused" | "lost" };

/** Why a plan brings no credits, where somebody looks for them. */
export function PlanTrouble({ trouble }: Props) {
  const { t } = useTranslation();
  return (
    <Note
      tone={trouble === "paused" ? "calm" : "bad"}
      title={t(`billing.trouble.${trouble}.title`)}
      text={t(`billing.trouble.${trouble}.text`)}
    >
      <Button size="xs" variant="default" renderRoot={(props) => <Link to="/billing" {...props} />}>
        {t("billing.trouble.see")}
      </Button>
    </Note>
  );
}
