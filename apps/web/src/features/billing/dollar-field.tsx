import { TextInput } from "@mantine/core";
import { formatCents } from "../../lib/format.ts";
import { useTranslation } from "../../lib/use-translation.ts";

type Props = {
  label: string;
  value: string;
  error: string | null;
  onChange: (typed: string) => void;
};

/** A field for an amount. The sign stands on the side where the reader's language writes it: $20, but 20 $. */
export function DollarField({ label, value, error, onChange }: Props) {
  const { t } = useTranslation();
  const leads = formatCents(t, 100).startsWith("$");
  return (
    <TextInput
      {...{ label, value, error }}
      inputMode="decimal"
      leftSection={leads ? "$" : null}
      rightSection={leads ? null : "$"}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
