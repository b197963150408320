import { Button } from "@mantine/core";
import styles from "./confirm-dialog.module.css";
import { DialogWindow } from "./dialog-window.tsx";
import { ProblemNote } from "./problem-note.tsx";

export type ConfirmProps = {
  opened: boolean;
  title: string;
  text: string;
  confirm: string;
  keep: string;
  loading: boolean;
  error: unknown;
  onConfirm: () => void;
  onClose: () => void;
};

/** Asks once before something that cannot be undone. */
export function ConfirmDialogWindow(props: ConfirmProps) {
  const { opened, title, text, confirm, keep, loading, error, onConfirm, onClose } = props;
  return (
    <DialogWindow opened={opened} onClose={onClose} width={440} title={title}>
      <p>{text}</p>
      {error ? (
        <div className={styles.problem}>
          <ProblemNote error={error} />
        </div>
      ) : null}
      <div className={styles.actions}>
        <Button variant="default" onClick={onClose}>
          {keep}
        </Button>
        <Button color="red" loading={loading} onClick={onConfirm}>
          {confirm}
        </Button>
      </div>
    </DialogWindow>
  );
}
