import { ActionIcon, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import IconMoon from "@tabler/icons-react/dist/esm/icons/IconMoon.mjs";
import IconSun from "@tabler/icons-react/dist/esm/icons/IconSun.mjs";
import { useTranslation } from "../lib/use-translation.ts";
import styles from "./theme-switch.module.css";

/** Both pictures are in the page, since the page is made before anybody knows which it takes: the style sheet shows one. */
export function ThemeSwitch() {
  const { t } = useTranslation();
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme("light");
  const other = scheme === "light" ? "dark" : "light";
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size={36}
      aria-label={t(`themes.switchTo.${other}`)}
      onClick={() => setColorScheme(other)}
    >
      <IconMoon size={19} className={styles.toDark} />
      <IconSun size={19} className={styles.toLight} />
    </ActionIcon>
  );
}
