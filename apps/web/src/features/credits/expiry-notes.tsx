import IconHourglass from "@tabler/icons-react/dist/esm/icons/IconHourglass.mjs";
import { Note } from "../../components/note.tsx";
import type { Wallet } from "../../lib/api-types.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import { formatDate, formatRelative } from "./dates.ts";

/** What was paid for and is about to be lost: said before it happens, the most urgent first. */
export function ExpiryNotes({ notices }: { notices: Wallet["expiringPaid"] }) {
  const { t, locale } = useTranslation();
  return notices.map(({ withinDays, credits, expiresAt }) => (
    <Note
      key={withinDays}
      tone={withinDays === 1 ? "bad" : "calm"}
      icon={<IconHourglass size={18} />}
      title={t("wallet.expiring.title", {
        count: credits,
        when: formatRelative(expiresAt, locale),
      })}
      text={t("wallet.expiring.text", { date: formatDate(expiresAt, locale) })}
    />
  ));
}
