import type { Price } from "@tintype/core/catalogue";
import type { ReactNode } from "react";
import section from "../../components/section.module.css";
import { formatCents, formatEstimate } from "../../lib/format.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import styles from "./pricing.module.css";
import { centsPerHundred, type Worth, worthOf } from "./worth.ts";

type Props = {
  name: string;
  priceCents: number;
  /** "a month"; nothing for what is bought once. */
  every?: string;
  /** What it brings, in words. */
  brings: string;
  /** Credits one can use at a time: a month of a plan, or a whole pack. */
  credits: number;
  prices: readonly Price[];
  /** How often they come for the price. */
  times?: number;
  tag?: string | undefined;
  children: ReactNode;
};

/** One thing that is sold: what it costs, what it brings, and what that is good for. */
export function ProductCard(props: Props) {
  const { name, priceCents, every, brings, credits, prices, times = 1, tag, children } = props;
  const { t } = useTranslation();
  const perHundred = centsPerHundred(priceCents, credits * times);
  return (
    <li className={styles.card} data-current={tag !== undefined}>
      <div className={styles.head}>
        <h3 className={styles.name}>{name}</h3>
        {tag && (
          <span className={section.tag} data-tone="accent">
            {tag}
          </span>
        )}
      </div>
      <p className={styles.price}>
        <strong>{formatCents(t, priceCents)}</strong> {every}
      </p>
      {brings !== name && <p className={styles.brings}>{brings}</p>}
      <ul className={styles.facts}>
        <li>{t("pricing.perHundred", { price: formatCents(t, perHundred) })}</li>
        <WorthLine credits={credits} prices={prices} />
      </ul>
      <div className={styles.action}>{children}</div>
    </li>
  );
}

function WorthLine({ credits, prices }: Pick<Props, "credits" | "prices">) {
  const { t } = useTranslation();
  const inWords = ({ kind, quality, unit, units }: Worth): string => {
    if (unit === "second") {
      return t(`pricing.${quality === "proof" ? "proof" : "video"}`, { time: timeOf(units) });
    }
    return kind === "video"
      ? t("pricing.videos", { count: units })
      : t("pricing.pictures", { count: units });
  };
  // Rounded down: nobody shall be a second short of what was promised.
  const timeOf = (seconds: number) =>
    formatEstimate(t, seconds < 90 ? seconds : Math.floor(seconds / 60) * 60);
  const all = worthOf(credits, prices).map(inWords);
  const last = all.pop();
  if (last === undefined) return null;
  const what = all.length === 0 ? last : t("pricing.or", { first: all.join(", "), second: last });
  return <li>{t("pricing.worth", { what })}</li>;
}
