import { useTranslation } from "../../lib/use-translation.ts";
import styles from "./landing.module.css";

/** The three promises about money, each with the thing itself as its picture. */
export function Promises() {
  const { t } = useTranslation();
  return (
    <section className={styles.promises} aria-labelledby="promises">
      <h2 id="promises" className={styles.sectionTitle}>
        {t("landing.promises.title")}
      </h2>
      <ul className={styles.cards}>
        <li className={styles.card}>
          <div className={styles.sample} aria-hidden="true">
            <span className={styles.sampleButton}>
              {t("studio.generate.forCredits", { count: 5 })}
            </span>
            <span className={styles.sampleNote}>{t("landing.price.sample")}</span>
          </div>
          <h3 className={styles.cardTitle}>{t("landing.price.title")}</h3>
          <p className={styles.cardText}>{t("landing.price.text")}</p>
        </li>
        <li className={styles.card}>
          <div className={styles.sample} aria-hidden="true">
            <span className={styles.sampleBad}>{t("failures.subject_not_found.title")}</span>
            <span className={styles.sampleGood}>{t("jobs.cameBack", { count: 5 })}</span>
          </div>
          <h3 className={styles.cardTitle}>{t("landing.refund.title")}</h3>
          <p className={styles.cardText}>{t("landing.refund.text")}</p>
        </li>
        <li className={styles.card}>
          <div className={styles.sample} aria-hidden="true">
            <span className={styles.sampleRow}>
              <span>{t("landing.history.setAside")}</span>
              <b>{t("landing.history.hold")}</b>
            </span>
            <span className={styles.sampleRow}>
              <span>{t("landing.history.cameBack")}</span>
              <b className={styles.plus}>{t("landing.history.release")}</b>
            </span>
          </div>
          <h3 className={styles.cardTitle}>{t("landing.history.title")}</h3>
          <p className={styles.cardText}>{t("landing.history.text")}</p>
        </li>
      </ul>
    </section>
  );
}
