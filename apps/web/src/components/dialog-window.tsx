import { Modal } from "@mantine/core";
import type { ReactNode } from "react";
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
