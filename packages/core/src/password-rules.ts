/** In UTF-16 units, as a form counts them. */
export const PASSWORD_MIN = 10;

/** Why a password is refused; each has words of its own (web/features/auth/weak-password.ts). */
export const weakReasons = [
  /** Spaces and what nobody sees. */
  "blank",
  /** In lists of passwords that are tried first. */
  "known",
  /** The owner's address, or our name. */
  "personal",
  "keyboard",
  "repeat",
  "sequence",
  "date",
  "words",
  "guessable",
] as const;
export type WeakReason = (typeof weakReasons)[number];

/** What a guesser knows about whoever chooses a password. */
export type PasswordOwner = { email?: string };

export type PasswordStrength = {
  /** From 0, among the first guesses, to 4; from 3 on it is accepted. */
  level: 0 | 1 | 2 | 3 | 4;
  /** Null when it is accepted. */
  reason: WeakReason | null;
};

const PREFIX = "weak_";

/** The rule of an `InputIssue` that says why a password is refused, and back. */
export const ruleOfWeak = (reason: WeakReason): string => PREFIX + reason;
export const weakReasonOf = (rule: string): WeakReason | null =>
  weakReasons.find((reason) => ruleOfWeak(reason) === rule) ?? null;
