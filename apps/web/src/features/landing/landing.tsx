import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CompareSlider } from "../../components/compare-slider.tsx";
import { catalogueQuery } from "../../lib/queries.ts";
import { usePageTitle } from "../../lib/use-page-title.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import styles from "./landing.module.css";
import { Promises } from "./promises.tsx";
import { SceneStrip } from "./scene-strip.tsx";

export function Landing() {
  const { t } = useTranslation();
  const { data: catalogue } = useQuery(catalogueQuery());
  const count = catalogue?.rewards.welcomeCredits ?? 0;
  usePageTitle();
  return (
    <div className={styles.page}>
      <section className={styles.hero}>
        <div>
          <h1 className={styles.title}>{t("landing.title")}</h1>
          <p className={styles.lead}>{t("landing.lead")}</p>
          <div className={styles.call}>
            <Button
              renderRoot={(props) => <Link to="/sign-up" {...props} />}
              size="lg"
              className={styles.callButton}
            >
              {t("landing.call")}
            </Button>
            <p className={styles.callNote}>
              {count > 0 ? t("landing.welcome", { count }) : t("landing.noCard")}
            </p>
          </div>
        </div>
        <div className={styles.plate}>
          <CompareSlider
            before="/presets/before.webp"
            after="/presets/after-podium.webp"
            beforeAlt={t("landing.beforeAlt")}
            afterAlt={t("landing.afterAlt")}
            ratio={1}
            start={42}
            fill
          />
        </div>
      </section>
      <Promises />
      <SceneStrip />
      <section className={styles.closing}>
        <h2 className={styles.closingTitle}>{t("landing.closing.title")}</h2>
        <div className={styles.closingCalls}>
          <Button renderRoot={(props) => <Link to="/sign-up" {...props} />} size="lg">
            {t("landing.call")}
          </Button>
          <Button
            renderRoot={(props) => <Link to="/pricing" {...props} />}
            size="lg"
            variant="default"
          >
            {t("landing.pricing")}
          </Button>
        </div>
      </section>
    </div>
  );
}
