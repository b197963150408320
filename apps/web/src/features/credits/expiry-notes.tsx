import IconHourglass from "@tabler/icons-react/dist/esm/icons/IconHourglass.mjs";
import { useTranslation } from "react-i18next";
import { Note } from "../../components/note.tsx";
import type { Wallet } from "../../lib/api-types.ts";
import { formatDate, formatRelative } from "./dates.ts";

/** What was paid for and is about to be lost: said before it happens, the most urgent first. */
export function ExpiryNotes({ notices }: { notices: Wallet["expiringPaid"] }) {
  const { t, i18n } = useTranslation();
  return notices.map(({ withinDays, credits, expiresAt }) => (
    <Note
      key={withinDays}
      tone={withinDays === 1 ? "bad" : "calm"}
      icon={<IconHourglass size={18} />}
      title={t("wallet.expiring.title", {
        count: credits,
        when: formatRelative(expiresAt, i18n.language),
      })}
      text={t("wallet.expiring.text", { date: formatDate(expiresAt, i18n.language) })}
    />
  ));
}
