import { Modal } from "@mantine/core";
import { type ReactNode, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
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
  useFocusBack();
  return (
    <Modal.Root
      opened={opened}
      onClose={onClose}
      size={width}
      centered
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
 * A dialog that is a page of its own comes and goes with its address. Mantine gives the focus back only when
 * a dialog that stays is closed, so this one remembers for itself which element it was opened from.
 */
function useFocusBack(): void {
  const opener = useRef(document.activeElement);
  useEffect(
    () => () => {
      const isLost = document.activeElement === null || document.activeElement === document.body;
      if (isLost && opener.current instanceof HTMLElement) {
        opener.current.focus({ preventScroll: true });
      }
    },
    [],
  );
}
