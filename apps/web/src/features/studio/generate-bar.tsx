import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { limits } from "@tintype/core/generation";
import { type MouseEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { Note } from "../../components/note.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import type { Job, QuoteOffer } from "../../lib/api-types.ts";
import type { Draft } from "../../lib/draft.ts";
import { formatCents } from "../../lib/format.ts";
import { balanceQuery } from "../../lib/queries.ts";
import { centsBeyond } from "../../lib/shortage.ts";
import { useOnline } from "../../lib/use-media.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import styles from "./generate-bar.module.css";
import { PriceDetails } from "./price-details.tsx";
import { useQuote } from "./use-quote.ts";
import { useSubmit } from "./use-submit.ts";

/** Says why the wallet is not enough and what helps, and tells when it can be read. */
export type ExplainShortage = (shortage: {
  quote: QuoteOffer;
  owed: number;
  isBrief: boolean;
  onExplained: (isExplained: boolean) => void;
}) => ReactNode;

type Props = {
  draft: Draft;
  uploading: boolean;
  userId: string;
  onAccepted: (job: Job) => void;
  explainShortage: ExplainShortage;
};

/** The price is on the button, and what happens to the credits is written under it. */
export function GenerateBar({ draft, uploading, userId, onAccepted, explainShortage }: Props) {
  const { t } = useTranslation();
  const online = useOnline();
  const { data: balance } = useQuery(balanceQuery());
  const quote = useQuote(draft.settings, balance?.version);
  const { submit, error, isPending, reset } = useSubmit(userId, draft, onAccepted);
  const [photoMissing, setPhotoMissing] = useState(false);
  const [isExplained, setExplained] = useState(false);
  /** Whether a click of this run of clicks has sent it. */
  const hasSent = useRef(false);

  // A problem belongs to what was sent: once the form says something else, it is out of date.
  const request = JSON.stringify([draft.settings, draft.assetId]);
  useEffect(() => {
    reset();
    setPhotoMissing(false);
  }, [request]);

  const { current } = quote;
  const owed = balance?.owed ?? 0;
  const cents = current && centsBeyond(current);
  const isBeyond = cents !== null && cents > 0;
  const canPay = owed === 0 && cents !== null && (!isBeyond || isExplained);
  const isBrief = error !== null;
  const shortage =
    current &&
    !(current.affordable && owed === 0) &&
    explainShortage({ quote: current, owed, isBrief, onExplained: setExplained });
  const tooLong = draft.settings.prompt.trim().length > limits.promptCharacters;
  const press = ({ detail }: MouseEvent) => {
    // The second half of a double click: the first may have been answered by now, and this would be another job.
    if (detail > 1 && hasSent.current) return;
    hasSent.current = false;
    if (draft.assetId === null) return setPhotoMissing(true);
    if (!current) return;
    hasSent.current = true;
    submit(current, cents ?? 0);
  };
  const label = () => {
    if (uploading) return t("studio.photo.sending");
    if (!current) return online ? t("studio.generate.pricing") : t("studio.generate.offline");
    if (!isBeyond || !isExplained) {
      return t("studio.generate.forCredits", { count: current.credits });
    }
    const amount = formatCents(t, cents);
    const credits = t("units.credits", { count: current.available });
    return t(`studio.generate.${current.available > 0 ? "forCreditsAndMoney" : "forMoney"}`, {
      credits,
      amount,
    });
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
      <ProblemNote error={error ?? quote.error}>{isBrief && shortage}</ProblemNote>
      {!isBrief && shortage}
      <Button
        fullWidth
        size="lg"
        id="generate"
        loading={isPending}
        disabled={!canPay || tooLong || uploading}
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
