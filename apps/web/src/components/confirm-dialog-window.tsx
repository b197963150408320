import { Button } from "@mantine/core";
import styles from "./confirm-dialog.module.css";
import { DialogWindow } from "./dialog-window.tsx";
import { ProblemNote } from "./problem-note.tsx";
import section from "./section.module.css";

export type ConfirmProps = {
  opened: boolean;
  title: string;
  /** What happens then; several things are a list. */
  text: string | readonly string[];
  confirm: string;
  keep: string;
  /** It can be taken back: the button need not warn. */
  isHarmless?: boolean;
  loading: boolean;
  error: unknown;
  onConfirm: () => void;
  onClose: () => void;
};

/** Says what happens before it does, and asks once. */
export function ConfirmDialogWindow(props: ConfirmProps) {
  const { opened, title, text, confirm, keep, loading, error, onConfirm, onClose } = props;
  return (
    <DialogWindow opened={opened} onClose={onClose} width={460} title={title}>
      {typeof text === "string" ? (
        <p>{text}</p>
      ) : (
        <ul className={section.list}>
          {text.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
      {error ? (
        <div className={styles.problem}>
          <ProblemNote error={error} />
        </div>
      ) : null}
      <div className={styles.actions}>
        <Button variant="default" onClick={onClose}>
          {keep}
        </Button>
        <Button {...(!props.isHarmless && { color: "red" })} loading={loading} onClick={onConfirm}>
          {confirm}
        </Button>
      </div>
    </DialogWindow>
  );
}
