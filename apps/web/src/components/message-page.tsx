import { Button } from "@mantine/core";
import { usePageTitle } from "../lib/use-page-title.ts";
import { Logo } from "./logo.tsx";
import styles from "./message-page.module.css";

type Props = {
  title: string;
  text: string;
  action: string;
  /** It stands in the place of a page, in the `main` of a layout. */
  isInside?: boolean;
  onAction: () => void;
};

/** A whole page that has one thing to say. */
export function MessagePage({ title, text, action, isInside = false, onAction }: Props) {
  const Frame = isInside ? "div" : "main";
  usePageTitle(title);
  return (
    <Frame className={styles.page}>
      <Logo />
      <h1 className={styles.title}>{title}</h1>
      <p className={styles.text}>{text}</p>
      <Button onClick={onAction} size="md">
        {action}
      </Button>
    </Frame>
  );
}
