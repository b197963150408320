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
  look: "pictures" | "segments";
  columns: number;
};

/** One of several, as native radio buttons: arrows, labels and forms work by themselves. */
export function ChoiceGroup<T extends string | number>(props: Props<T>) {
  const { legend, choices, value, onChange, look, columns } = props;
  const name = useId();
  return (
    <fieldset>
      <legend className={styles.legend}>{legend}</legend>
      <div
        className={look === "pictures" ? styles.pictures : styles.segments}
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
