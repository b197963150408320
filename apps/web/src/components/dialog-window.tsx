import { Modal } from "@mantine/core";
import { type ReactNode, useEffect, useRef } from "react";
import { isFocusLost } from "../lib/focus.ts";
import { useTranslation } from "../lib/use-translation.ts";
import styles from "./dialog-window.module.css";

type Props = {
  opened: boolean;
  title: string;
  /** Width in pixels; on a phone never more than the screen. */
  width: number;
  onClose: () => void;
  children: ReactNode;
};

/** Every dialog of the product. Its head is no `header` element, which would be a second banner of the page. */
export function DialogWindow({ opened, title, width, onClose, children }: Props) {
  const { t } = useTranslation();
  useFocusBack(opened);
  return (
    <Modal.Root
      opened={opened}
      onClose={onClose}
      size={width}
      centered
      returnFocus={false}
      classNames={{ content: styles.window }}
    >
      <Modal.Overlay blur={6} backgroundOpacity={0.5} />
      <Modal.Content radius="lg">
        <div className={styles.head}>
          <Modal.Title className={styles.title}>{title}</Modal.Title>
          <Modal.CloseButton aria-label={t("actions.close")} size="lg" />
        </div>
        <Modal.Body className={styles.body}>{children}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

/**
 * Mantine gives the focus back only from the second opening on, and then takes it from an answer that got it meanwhile.
 * Ours often open with their code, or with the address they have, so each remembers for itself which element it was
 * opened from.
 */
function useFocusBack(opened: boolean): void {
  const opener = useRef<Element | null>(null);
  if (!opened) opener.current = null;
  else opener.current ??= document.activeElement;
  useEffect(() => {
    if (!opened) return;
    const from = opener.current;
    return () => {
      const isInside = document.activeElement?.closest('[role="dialog"]') != null;
      if ((isInside || isFocusLost()) && from instanceof HTMLElement) {
        from.focus({ preventScroll: true });
      }
    };
  }, [opened]);
}
