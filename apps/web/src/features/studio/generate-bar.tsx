import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { limits } from "@tintype/core/generation";
import { type ReactNode, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Note } from "../../components/note.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import type { Job } from "../../lib/api-types.ts";
import type { Draft } from "../../lib/draft.ts";
import { balanceQuery } from "../../lib/queries.ts";
import { useOnline } from "../../lib/use-media.ts";
import styles from "./generate-bar.module.css";
import { PriceDetails } from "./price-details.tsx";
import { useQuote } from "./use-quote.ts";
import { useSubmit } from "./use-submit.ts";

type Props = {
  draft: Draft;
  uploading: boolean;
  userId: string;
  onAccepted: (job: Job) => void;
  offerCredits: (missing: number) => ReactNode;
};

/** The price is on the button, and what happens to the credits is written under it. */
export function GenerateBar({ draft, uploading, userId, onAccepted, offerCredits }: Props) {
  const { t } = useTranslation();
  const online = useOnline();
  const quote = useQuote(draft.settings);
  const { data: balance } = useQuery(balanceQuery());
  const { submit, error, isPending, reset } = useSubmit(userId, draft, onAccepted);
  const [photoMissing, setPhotoMissing] = useState(false);

  // A problem belongs to what was sent: once the form says something else, it is out of date.
  const request = JSON.stringify([draft.settings, draft.assetId]);
  useEffect(() => {
    reset();
    setPhotoMissing(false);
  }, [request]);

  const { current } = quote;
  const missing = current && balance ? current.credits - balance.available : 0;
  const tooLong = draft.settings.prompt.trim().length > limits.promptCharacters;
  const press = () => {
    if (draft.assetId === null) return setPhotoMissing(true);
    if (current) submit(current);
  };
  const label = () => {
    if (uploading) return t("studio.photo.sending");
    if (current) return t("studio.generate.forCredits", { count: current.credits });
    return online ? t("studio.generate.pricing") : t("studio.generate.offline");
  };
  return (
    <div className={styles.bar}>
      {photoMissing && (
        <Note
          tone="bad"
          role="alert"
          title={t("studio.photo.needed")}
          text={t("studio.photo.neededText")}
        />
      )}
      {missing > 0 && !error && (
        <Note
          tone="calm"
          role="status"
          title={t("studio.generate.missing", { count: missing })}
          text={t("studio.generate.missingText")}
        >
          {offerCredits(missing)}
        </Note>
      )}
      <ProblemNote error={error ?? quote.error}>
        {error && missing > 0 && offerCredits(missing)}
      </ProblemNote>
      <Button
        fullWidth
        size="lg"
        id="generate"
        loading={isPending}
        disabled={missing > 0 || tooLong || uploading || current === null}
        data-busy={current === null && !quote.error}
        className={styles.button}
        onClick={press}
      >
        {label()}
      </Button>
      <PriceDetails quote={quote} available={balance?.available} />
    </div>
  );
}
