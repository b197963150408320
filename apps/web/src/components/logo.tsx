import styles from "./logo.module.css";

const name = "Tintype";

/** A plate with clipped corners and the safelight in it. The name is a name: it is not translated. */
export function Logo({ compact = false }: { compact?: boolean }) {
  return (
    <span className={styles.logo}>
      <svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true">
        <path className={styles.plate} d="M8 2h16l6 6v16l-6 6H8l-6-6V8z" />
        <path className={styles.mat} d="M9.6 5h12.8L27 9.6v12.8L22.4 27H9.6L5 22.4V9.6z" />
        <circle className={styles.light} cx="16" cy="16" r="5.2" />
      </svg>
      <span className={compact ? styles.hidden : styles.name}>{name}</span>
    </span>
  );
}
