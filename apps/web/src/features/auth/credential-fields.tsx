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

type PasswordProps = Props & { fresh: boolean };

/** `fresh`: a password that is being chosen, for which the rule is shown beforehand. */
export function PasswordField({ error, disabled, fresh }: PasswordProps) {
  const { t } = useTranslation();
  const toggleLabel = t("auth.showPassword");
  return (
    <PasswordInput
      name="password"
      size="md"
      label={fresh ? t("auth.newPassword") : t("auth.password")}
      description={fresh ? t("auth.passwordRule") : undefined}
      autoComplete={fresh ? "new-password" : "current-password"}
      required
      withAsterisk={false}
      disabled={disabled}
      visibilityToggleButtonProps={{ "aria-label": toggleLabel }}
      error={fieldProblem(t, error, "password")}
    />
  );
}
