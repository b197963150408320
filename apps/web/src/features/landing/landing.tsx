import { Button } from "@mantine/core";
import { CompareSlider } from "../../components/compare-slider.tsx";
import { usePageTitle } from "../../lib/use-page-title.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import { hero } from "./hero.ts";
import styles from "./landing.module.css";
import { Promises } from "./promises.tsx";
import { SceneStrip } from "./scene-strip.tsx";

type Props = { /** Null while nobody knows them. */ welcomeCredits: number | null };

export function Landing({ welcomeCredits }: Props) {
  const { t } = useTranslation();
  const count = welcomeCredits ?? 0;
  usePageTitle();
  return (
    <div className={styles.page}>
      <section className={styles.hero}>
        <div>
          <h1 className={styles.title}>{t("landing.title")}</h1>
          <p className={styles.lead}>{t("landing.lead")}</p>
          <div className={styles.call}>
            <Button component="a" href="/sign-up" size="lg" className={styles.callButton}>
              {t("landing.call")}
            </Button>
            <p className={styles.callNote}>
              {count > 0 ? t("landing.welcome", { count }) : t("landing.noCard")}
            </p>
          </div>
        </div>
        <div className={styles.plate}>
          <CompareSlider
            before={hero.before}
            after={hero.after}
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
          <Button component="a" href="/sign-up" size="lg">
            {t("landing.call")}
          </Button>
          <Button component="a" href="/pricing" size="lg" variant="default">
            {t("landing.pricing")}
          </Button>
        </div>
      </section>
    </div>
  );
}
