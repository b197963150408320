import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useEffect } from "react";
import { Note } from "../../components/note.tsx";
import type { QuoteOffer } from "../../lib/api-types.ts";
import { formatCents } from "../../lib/format.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import { PackOffer } from "./pack-offer.tsx";
import styles from "./shortage.module.css";
import { type Shortage as Reason, shortageOf } from "./shortage-of.ts";

type Props = {
  quote: QuoteOffer;
  /** What is owed after a payment was taken back, in credits. */
  owed: number;
  /** The page they are on: what they have set up there is kept in the browser. */
  returnTo: string;
  /** It stands in a note that says already what the trouble is: only the sum and the ways out are shown. */
  isBrief: boolean;
  /** Called while it is on the page what goes beyond the wallet: nobody agrees to what they cannot read. */
  onExplained: (isExplained: boolean) => void;
};

/** For those who cannot simply pay for what they are about to do: why, and what helps. */
export function Shortage({ quote, owed, returnTo, isBrief, onExplained }: Props) {
  const words = useWords(quote);
  const reason = shortageOf(quote, owed);
  const isBeyond = reason?.kind === "beyond";
  useEffect(() => {
    onExplained(isBeyond);
    return () => onExplained(false);
  }, [isBeyond, onExplained]);
  if (!reason) return null;
  const ways = <Ways {...{ reason, returnTo, isBrief }} />;
  if (isBrief) {
    // Of two notes on a phone only a strip of the form would be left.
    return (
      <>
        {isBeyond && <p className={styles.line}>{words(reason).title}</p>}
        {ways}
      </>
    );
  }
  return (
    <Note tone={isBad(reason) ? "bad" : "calm"} role="status" {...words(reason)}>
      {ways}
    </Note>
  );
}

const bad: readonly Reason["kind"][] = ["disputed", "unpaid", "past_due", "owed"];
const isBad = ({ kind }: Reason) => bad.includes(kind);

function useWords(quote: QuoteOffer) {
  const { t } = useTranslation();
  const { available, excluded } = quote;
  const credits = (count: number) => t("units.credits", { count });
  return (reason: Reason): { title: string; text: string } => {
    switch (reason.kind) {
      case "missing":
        return {
          title: t("shortage.missing.title", { count: reason.missing }),
          text: t("shortage.missing.text"),
        };
      case "owed":
        return {
          title: t("shortage.owed.title", { count: reason.owed }),
          text: t("shortage.owed.text"),
        };
      case "disputed":
        return { title: t("shortage.disputed.title"), text: t("shortage.disputed.text") };
      case "unpaid":
        return {
          title: t("shortage.unpaid.title"),
          text: t("shortage.unpaid.text", { unpaid: formatCents(t, reason.unpaidCents) }),
        };
      case "past_due":
        return { title: t("shortage.pastDue.title"), text: t("shortage.pastDue.text") };
      case "switch": {
        const allowed = t(`shortage.switch.allowed.${reason.scope}`);
        const costs = t("shortage.switch.text", {
          required: credits(quote.credits),
          usable: credits(available),
        });
        return excluded > 0
          ? {
              title: t("shortage.switch.title", { count: available + excluded, allowed }),
              text: costs,
            }
          : {
              title: t("shortage.switch.titleNone", { allowed }),
              text: `${costs} ${t("shortage.switch.pack")}`,
            };
      }
      default: {
        const { cents, credits: count, limitCents, usedCents } = reason.overage;
        const amount = formatCents(t, cents);
        const limit = formatCents(t, limitCents);
        return reason.kind === "limit"
          ? {
              title: t("shortage.limit.title"),
              text: t("shortage.limit.text", {
                ...{ amount, limit },
                left: formatCents(t, Math.max(0, limitCents - usedCents)),
              }),
            }
          : {
              title: t("shortage.beyond.title", { count, amount }),
              text: t("shortage.beyond.text", { limit, used: formatCents(t, usedCents) }),
            };
      }
    }
  };
}

type WaysProps = Pick<Props, "returnTo" | "isBrief"> & { reason: Reason };

function Ways({ reason, returnTo, isBrief }: WaysProps) {
  const { t } = useTranslation();
  switch (reason.kind) {
    case "missing":
    case "owed":
    case "disputed":
      return <PackOffer missing={reason.missing} returnTo={returnTo} />;
    case "switch":
      return <ToBilling at="spend-scope">{t("shortage.switch.change")}</ToBilling>;
    case "beyond":
      return (
        <>
          {!isBrief && <ToBilling at="overage">{t("shortage.beyond.limit")}</ToBilling>}
          <Button
            size="xs"
            variant="default"
            renderRoot={(props) => <Link to="/pricing" search={{ returnTo }} {...props} />}
          >
            {t("shortage.beyond.instead")}
          </Button>
        </>
      );
    case "past_due":
      return (
        <>
          <ToBilling at="plan">{t("shortage.pastDue.pay")}</ToBilling>
          <PackOffer missing={reason.missing} returnTo={returnTo} />
        </>
      );
    case "limit":
    case "unpaid":
      return (
        <>
          <ToBilling at={reason.kind === "limit" ? "overage" : "invoices"}>
            {reason.kind === "limit" ? t("shortage.limit.raise") : t("shortage.unpaid.see")}
          </ToBilling>
          <PackOffer missing={reason.missing} returnTo={returnTo} />
        </>
      );
  }
}

type ToBillingProps = { at: "plan" | "spend-scope" | "overage" | "invoices"; children: ReactNode };

const ToBilling = ({ at, children }: ToBillingProps) => (
  <Button
    size="xs"
    variant="default"
    renderRoot={(props) => <Link to="/billing" hash={at} {...props} />}
  >
    {children}
  </Button>
);
