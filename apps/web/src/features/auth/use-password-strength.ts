import { PASSWORD_MIN, type PasswordStrength, type WeakReason } from "@tintype/core/password-rules";
import { type RefObject, useEffect, useState } from "react";

/** What is shown of a password; null while there is nothing to say. */
export type ShownStrength = {
  level: PasswordStrength["level"];
  reason: WeakReason | "short" | null;
};
type Estimator = Awaited<ReturnType<typeof loadEstimator>>;

const loadEstimator = async (onAnswer: (strength: PasswordStrength) => void) =>
  (await import("./ask-strength.ts")).startEstimator(onAnswer);

/** Follows the field and its form from the moment somebody begins with it; nothing is loaded before. */
export function usePasswordStrength(field: RefObject<HTMLInputElement | null>) {
  const [strength, setStrength] = useState<ShownStrength | null>(null);
  useEffect(() => {
    const input = field.current;
    const form = input?.form;
    return input && form ? follow(input, form, setStrength) : undefined;
  }, [field]);
  return strength;
}

function follow(
  input: HTMLInputElement,
  form: HTMLFormElement,
  show: (strength: ShownStrength | null) => void,
): () => void {
  const following = new AbortController();
  const { signal } = following;
  let estimator: Estimator | null = null;
  let isLoading = false;

  const look = () => {
    const password = input.value.normalize("NFC");
    if (password.length >= PASSWORD_MIN) return estimator?.ask(password, ownerIn(form));
    estimator?.forget();
    show(password === "" ? null : { level: 0, reason: "short" });
  };
  const begin = async () => {
    if (isLoading) return;
    isLoading = true;
    const loaded = await loadEstimator(show).catch(() => null);
    if (signal.aborted) return loaded?.stop();
    estimator = loaded;
    look();
  };

  input.addEventListener("focus", () => void begin(), { signal });
  // The address is part of what a password must not be, in whatever order they are filled in.
  form.addEventListener(
    "input",
    () => {
      if (input.value !== "") void begin();
      look();
    },
    { signal },
  );
  // Typed before the page's code was there, or filled in by the browser.
  if (input.value !== "" || document.activeElement === input) void begin();
  return () => {
    following.abort();
    estimator?.stop();
  };
}

function ownerIn(form: HTMLFormElement) {
  const email = form.elements.namedItem("email");
  return email instanceof HTMLInputElement ? { email: email.value } : {};
}
