import { scenePresets } from "@tintype/core/generation";
import { PresetPicture } from "../../components/preset-picture.tsx";
import { useTranslation } from "../../lib/use-translation.ts";
import page from "./landing.module.css";
import styles from "./scene-strip.module.css";

export function SceneStrip() {
  const { t } = useTranslation();
  return (
    <section className={page.scenes} aria-labelledby="scenes">
      <h2 id="scenes" className={page.sectionTitle}>
        {t("landing.scenes")}
      </h2>
      <ul className={styles.strip}>
        {scenePresets.map((scene) => (
          <li key={scene}>
            <figure>
              <div className={styles.scenePicture}>
                <PresetPicture folder="scene" name={scene} />
              </div>
              <figcaption className={styles.sceneName}>{t(`scenes.${scene}`)}</figcaption>
            </figure>
          </li>
        ))}
      </ul>
    </section>
  );
}
