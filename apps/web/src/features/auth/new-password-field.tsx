import { PasswordInput } from "@mantine/core";
import { useRef, useState } from "react";
import { useTranslation } from "../../lib/use-translation.ts";
import meter from "./password-meter.module.css";
import { PasswordMeter } from "./password-meter.tsx";
import { usePasswordStrength } from "./use-password-strength.ts";
import { newPasswordProblem } from "./weak-password.ts";

type Props = { error: unknown; disabled: boolean };

/** For a password that is being chosen: the rule is shown beforehand, its strength while it is typed. */
export function NewPasswordField({ error, disabled }: Props) {
  const { t } = useTranslation();
  const field = useRef<HTMLInputElement>(null);
  const strength = usePasswordStrength(field);
  // What was refused is not what stands there any more.
  const [answered, setAnswered] = useState<unknown>(null);
  const problem = error === answered ? null : newPasswordProblem(t, error);
  const toggleLabel = t("auth.showPassword");
  return (
    <PasswordInput
      ref={field}
      name="password"
      size="md"
      label={t("auth.newPassword")}
      description={t("auth.passwordRule")}
      autoComplete="new-password"
      required
      withAsterisk={false}
      disabled={disabled}
      visibilityToggleButtonProps={{ "aria-label": toggleLabel }}
      onInput={() => setAnswered(error)}
      error={problem}
      // Mantine says so of every field but this one.
      aria-invalid={problem !== null || undefined}
      classNames={{ error: meter.error ?? "" }}
      inputContainer={(input) => (
        <>
          {input}
          <PasswordMeter strength={strength} isQuiet={problem !== null} />
        </>
      )}
    />
  );
}
