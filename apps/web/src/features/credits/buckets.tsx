import { Button } from "@mantine/core";
import { useState } from "react";
import section from "../../components/section.module.css";
import type { Wallet } from "../../lib/api-types.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import { Bucket } from "./bucket.tsx";
import styles from "./buckets.module.css";
import { formatRelative } from "./dates.ts";

const shownAtFirst = 6;

/** Everything that is left, by origin, in the order in which it will be spent. */
export function Buckets({ wallet }: { wallet: Wallet }) {
  const { t, locale } = useTranslation();
  const [all, setAll] = useState(false);
  const { buckets, nextExpiry, expiringPaid } = wallet;
  // A note at the head of the page may have said it already.
  const isAnnounced = expiringPaid.some(({ expiresAt }) => expiresAt === nextExpiry?.expiresAt);
  const next = buckets.find(({ available }) => available > 0)?.grantId;
  const shown = all ? buckets : buckets.slice(0, shownAtFirst);
  return (
    <section className={section.card} aria-labelledby="buckets-title">
      <h2 id="buckets-title" className={styles.title}>
        {t("buckets.title")}
      </h2>
      {buckets.length === 0 && <p className={section.text}>{t("buckets.empty")}</p>}
      {buckets.length > 1 && <p className={section.text}>{t("buckets.order")}</p>}
      {nextExpiry && !isAnnounced && (
        <p className={styles.nextExpiry}>
          {t("buckets.nextExpiry", {
            count: nextExpiry.credits,
            when: formatRelative(nextExpiry.expiresAt, locale),
          })}
        </p>
      )}
      <ol className={styles.buckets}>
        {shown.map((bucket) => (
          <Bucket
            key={bucket.grantId}
            bucket={bucket}
            isNext={buckets.length > 1 && bucket.grantId === next}
            isExpiringNext={
              buckets.length > 1 &&
              bucket.available > 0 &&
              bucket.expiresAt !== null &&
              bucket.expiresAt === nextExpiry?.expiresAt
            }
          />
        ))}
      </ol>
      {buckets.length > shownAtFirst && (
        <Button size="xs" variant="default" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? t("buckets.fewer") : t("buckets.all", { total: buckets.length })}
        </Button>
      )}
    </section>
  );
}
