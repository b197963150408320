import { Link } from "@tanstack/react-router";
import section from "../../components/section.module.css";
import type { Bucket as BucketView } from "../../lib/api-types.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import styles from "./buckets.module.css";
import { formatDate, formatMoney, formatRelative } from "./dates.ts";

type Props = { bucket: BucketView; isNext: boolean; isExpiringNext: boolean };

/** Credits of one origin: what is left of them, until when, and a way to where they came from. */
export function Bucket({ bucket, isNext, isExpiringNext }: Props) {
  const { t, locale } = useTranslation();
  const { source, amount, available, held, frozen, expiresAt, issuedAt } = bucket;
  const date = (iso: string) => formatDate(iso, locale);
  const details = [
    expiresAt
      ? t("buckets.expires", {
          date: date(expiresAt),
          relative: formatRelative(expiresAt, locale),
        })
      : t("buckets.never"),
    held > 0 && t("buckets.held", { count: held }),
    frozen > 0 && t("buckets.frozen", { count: frozen }),
    bucket.unusedAtPace > 0 && t("buckets.unused", { count: bucket.unusedAtPace }),
  ].filter(Boolean);
  const origin = [
    date(issuedAt),
    bucket.costBasisCents > 0 &&
      t("buckets.paid", {
        money: formatMoney(bucket.costBasisCents, bucket.currency, locale),
      }),
  ].filter(Boolean);
  return (
    <li className={styles.bucket} data-category={bucket.category}>
      <p className={styles.line}>
        <Link
          to="/wallet/receipts/$seq"
          params={{ seq: String(bucket.issuedSeq) }}
          search
          resetScroll={false}
          className={styles.source}
        >
          {t(`creditSources.${source}`)}
        </Link>
        <span className={styles.origin}>{origin.join(" · ")}</span>
        <span className={styles.left}>{t("buckets.left", { left: available, amount })}</span>
      </p>
      <Shares amount={amount} shares={{ available, held, frozen }} />
      <p className={styles.details}>
        {isNext && (
          <span className={section.tag} data-tone="accent">
            {t("buckets.next")}
          </span>
        )}
        {isExpiringNext && <span className={section.tag}>{t("buckets.expiringNext")}</span>}
        <span>{details.join(" · ")}</span>
      </p>
    </li>
  );
}

/** The same in a picture: what is left, what is set aside or frozen, and the rest that is gone. */
function Shares({ amount, shares }: { amount: number; shares: Record<string, number> }) {
  return (
    <div className={styles.track} aria-hidden="true">
      {Object.entries(shares).map(([name, credits]) => (
        <span key={name} data-share={name} style={{ width: `${(100 * credits) / amount}%` }} />
      ))}
    </div>
  );
}
