import { type ReactNode, useId } from "react";
import styles from "./choice-group.module.css";

export type Choice<T extends string | number> = {
  value: T;
  label: string;
  /** A second, quieter line. */
  note?: string | undefined;
  picture?: ReactNode;
};

type Props<T extends string | number> = {
  legend: string;
  choices: readonly Choice<T>[];
  value: T;
  onChange: (value: T) => void;
  /** `switch` is two or three words in one rail; its legend is only heard. */
  look: "pictures" | "segments" | "switch";
  columns: number;
};

/** One of several, as native radio buttons: arrows, labels and forms work by themselves. */
export function ChoiceGroup<T extends string | number>(props: Props<T>) {
  const { legend, choices, value, onChange, look, columns } = props;
  const name = useId();
  return (
    <fieldset>
      <legend className={look === "switch" ? styles.heard : styles.legend}>{legend}</legend>
      <div
        className={styles[look]}
        style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}
      >
        {choices.map((choice) => (
          <label key={choice.value} className={styles.choice}>
            <input
              className={styles.input}
              type="radio"
              name={name}
              value={choice.value}
              checked={choice.value === value}
              onChange={() => onChange(choice.value)}
            />
            {choice.picture && <span className={styles.picture}>{choice.picture}</span>}
            <span className={styles.label}>{choice.label}</span>
            {choice.note && <span className={styles.note}>{choice.note}</span>}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
