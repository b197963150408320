import { PageHeader } from "../components/page-header.tsx";
import surface from "../components/surface.module.css";
import { Settings } from "../features/settings/settings.tsx";
import { leaveFor } from "../lib/leave.ts";
import { useTranslation } from "../lib/use-translation.ts";

export function SettingsPage() {
  const { t } = useTranslation();
  return (
    <div className={`${surface.page} ${surface.narrow}`}>
      <PageHeader title={t("settings.title")} />
      <Settings onSignedOut={() => leaveFor("/")} />
    </div>
  );
}
