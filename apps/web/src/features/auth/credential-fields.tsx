import { PasswordInput, TextInput } from "@mantine/core";
import { fieldProblem } from "../../lib/field-problem.ts";
import { useTranslation } from "../../lib/use-translation.ts";

type Props = { error: unknown; disabled: boolean };

export function EmailField({ error, disabled }: Props) {
  const { t } = useTranslation();
  return (
    <TextInput
      name="email"
      type="email"
      size="md"
      label={t("auth.email")}
      autoComplete="email"
      autoFocus
      required
      withAsterisk={false}
      disabled={disabled}
      error={fieldProblem(t, error, "email")}
    />
  );
}

export function PasswordField({ error, disabled }: Props) {
  const { t } = useTranslation();
  const toggleLabel = t("auth.showPassword");
  const problem = fieldProblem(t, error, "password");
  return (
    <PasswordInput
      name="password"
      size="md"
      label={t("auth.password")}
      autoComplete="current-password"
      required
      withAsterisk={false}
      disabled={disabled}
      visibilityToggleButtonProps={{ "aria-label": toggleLabel }}
      error={problem}
      // Mantine says so of every field but this one.
      aria-invalid={problem !== null || undefined}
    />
  );
}
